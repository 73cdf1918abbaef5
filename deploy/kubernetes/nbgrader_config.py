"""nbgrader in everybody's image: ngshare is the exchange, as pods share no folder."""

from ngshare_exchange import configureExchange

c = get_config()

configureExchange(c, "http://proxy-public/services/ngshare")
