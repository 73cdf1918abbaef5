// Quizzes: choosing an option shows its feedback where the question stands, and tells it to a screen reader.
for (const quiz of document.querySelectorAll(".siru-quiz")) {
  const said = quiz.querySelector(".siru-quiz-said");
  quiz.classList.add("live");
  quiz.addEventListener("change", () => {
    const chosen = [...quiz.querySelectorAll("input:checked")];
    said.replaceChildren(...chosen.map((input) => {
      const answer = document.getElementById(input.dataset.answer);
      const box = document.createElement("div");
      box.className = "siru-quiz-answer " + answer.className;
      box.append(answer.querySelector(".siru-quiz-verdict").cloneNode(true), " ",
        answer.querySelector(".siru-quiz-feedback").cloneNode(true));
      return box;
    }));
  });
  quiz.addEventListener("submit", (event) => event.preventDefault());
}
// Wide tables scroll by keyboard too.
for (const box of document.querySelectorAll(".pst-scrollable-table-container, div.cell_output .output, .siru-chart, .siru-formula")) {
  if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
}
// On a phone a table of cards has no head, so each cell carries the heading of its column.
for (const table of document.querySelectorAll("table.cards")) {
  const headings = [...table.querySelectorAll("thead th")].map((cell) => cell.textContent.trim().replace(/[^?]$/, "$&:"));
  for (const row of table.tBodies[0].rows) {
    [...row.cells].forEach((cell, column) => { cell.dataset.heading = headings[column]; });
  }
}
