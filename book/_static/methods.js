// Method cards: the form chooses among them as suggest_methods() does, and the address keeps what was chosen.
(() => {
  const form = document.querySelector(".siru-methods");
  const said = form.querySelector(".siru-methods-said");
  const loosen = form.querySelector(".siru-methods-loosen");
  const all = form.querySelector(".siru-methods-all");
  const fields = [...form.querySelectorAll("select, input")];
  const groups = [...document.querySelectorAll(".siru-method-group")];
  const cards = [...document.querySelectorAll(".siru-method")];
  const text = new Map(cards.map((card) => [card, card.textContent.toLowerCase()]));

  const fits = {
    purpose: (card, value) => card.dataset.purpose.split(" ").includes(value),
    phase: (card, value) => card.dataset.phase === value,
    people: (card, value) => Number(card.dataset.least) <= value && value <= Number(card.dataset.most),
    minutes: (card, value) => Number(card.dataset.minutes) <= value,
    text: (card, value) => value.toLowerCase().split(/\s+/).every((word) => text.get(card).includes(word)),
  };
  const matching = (chosen) =>
    cards.filter((card) => Object.entries(chosen).every(([name, value]) => fits[name](card, value)));
  const say = (words, values) => words.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const counted = (words, found, more = {}) => say(words, { n: found.length, all: cards.length, ...more });

  // What is chosen: neither what is left empty, nor what is no whole number.
  function choices() {
    const chosen = {};
    for (const field of fields) {
      const value = field.value.trim();
      if (value && field.validity.valid) chosen[field.name] = value;
    }
    return chosen;
  }

  function show() {
    const chosen = choices();
    const found = matching(chosen);
    for (const card of cards) card.hidden = !found.includes(card);
    arrange(chosen.purpose);
    tell(chosen, found);
    keep(chosen);
    nameButton();
  }

  // A group without cards is not shown, nor in the list of contents; the group of the chosen purpose stands first.
  function arrange(purpose) {
    const first = groups.filter((group) => group.id === `methods-${purpose}`);
    form.after(...first, ...groups.filter((group) => !first.includes(group)));
    for (const group of groups) {
      group.hidden = !group.querySelector(".siru-method:not([hidden])");
      for (const link of document.querySelectorAll(`.page-toc a[href="#${group.id}"]`)) {
        link.parentElement.hidden = group.hidden;
      }
    }
  }

  function tell(chosen, found) {
    const lines = [counted(form.dataset.count, found)];
    for (const field of fields) field.toggleAttribute("aria-invalid", !field.validity.valid);
    if (fields.some((field) => !field.validity.valid)) lines.push(form.dataset.whole);
    const ways = found.length ? [] : waysOut(chosen);
    if (!found.length) lines.push(ways.length ? form.dataset.none : form.dataset.nothing);
    said.textContent = lines.join(". ").replaceAll("..", ".");
    loosen.replaceChildren(...ways);
    loosen.hidden = !ways.length;
  }

  // For each choice without which there would be cards, a button that takes it back.
  function waysOut(chosen) {
    const ways = fields.filter((field) => field.name in chosen).map((field) => {
      const { [field.name]: _, ...others } = chosen;
      return { field, found: matching(others) };
    });
    return ways.filter(({ found }) => found.length).map(({ field, found }) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = counted(form.dataset.without, found, { choice: field.labels[0].firstChild.textContent });
      button.addEventListener("click", () => { field.value = ""; show(); field.focus(); });
      item.append(button);
      return item;
    });
  }

  function keep(chosen) {
    const query = new URLSearchParams(chosen).toString();
    history.replaceState(null, "", (query ? `?${query}` : location.pathname) + location.hash);
    for (const link of document.querySelectorAll(".siru-languages a")) link.search = query;
  }

  function recall() {
    const query = new URLSearchParams(location.search);
    for (const field of fields) {
      field.value = query.get(field.name) ?? "";
      if (field.selectedIndex === -1) field.value = "";
    }
  }

  function nameButton() {
    const shown = cards.filter((card) => !card.hidden);
    all.textContent = shown.every((card) => card.open) && shown.length ? form.dataset.close : form.dataset.open;
    all.disabled = !shown.length;
  }

  // Who comes by a link to one card sees it, whatever is chosen.
  function reach() {
    const card = cards.find((one) => `#${one.id}` === location.hash);
    if (!card) return;
    if (card.hidden) form.reset();
    card.open = true;
    card.scrollIntoView();
  }

  // Closed cards are printed open, and closed again afterwards.
  let closed = [];
  function printOne(card) {
    document.body.classList.add("siru-one-card");
    card.classList.add("siru-this-card");
    window.print();
  }
  window.addEventListener("beforeprint", () => {
    closed = cards.filter((card) => !card.open);
    for (const card of closed) card.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const card of closed) card.open = false;
    document.body.classList.remove("siru-one-card");
    document.querySelector(".siru-this-card")?.classList.remove("siru-this-card");
  });

  for (const card of cards) {
    card.open = false;
    card.addEventListener("toggle", nameButton);
    const button = card.querySelector(".siru-method-print");
    button.hidden = false;
    button.addEventListener("click", () => printOne(card));
  }
  all.addEventListener("click", () => {
    const open = all.textContent === form.dataset.open;
    for (const card of cards) if (!card.hidden) card.open = open;
  });
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  // The fields are emptied after the event, and tell nobody.
  form.addEventListener("reset", () => {
    for (const field of fields) field.value = "";
    show();
  });
  window.addEventListener("hashchange", reach);
  form.hidden = false;
  recall();
  show();
  reach();
})();
