"use strict";
// Lets tables be sorted by any column and filtered by a text. Without it they stand as they were written.
(() => {
  const value = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.value ?? cell.textContent.trim();
  };
  const compare = (a, b) => {
    const [x, y] = [a, b].map((text) => (text === "" || text === "–" ? NaN : Number(text.replace(/[%\s]/g, ""))));
    if (!Number.isNaN(x) && !Number.isNaN(y)) return x - y;
    if (Number.isNaN(x) !== Number.isNaN(y)) return Number.isNaN(x) ? -1 : 1;
    return a.localeCompare(b);
  };
  const sort = (table, column, header) => {
    const down = header.getAttribute("aria-sort") === "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", down ? "descending" : "ascending");
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row, place) => ({ row, place, key: value(row, column) }));
    rows.sort((a, b) => {
      const order = compare(a.key, b.key);
      return (down ? -order : order) || a.place - b.place;
    });
    body.append(...rows.map(({ row }) => row));
    table.dispatchEvent(new Event("sorted"));
  };
  for (const table of document.querySelectorAll("table.sortable")) {
    [...table.tHead.rows[0].cells].forEach((header, column) => {
      if (header.classList.contains("fixed")) return;
      const button = document.createElement("button");
      button.type = "button";
      button.append(...header.childNodes);
      header.append(button);
      button.addEventListener("click", () => sort(table, column, header));
    });
  }
  for (const table of document.querySelectorAll("table.filtered")) {
    const label = document.createElement("label");
    const input = document.createElement("input");
    const all = document.createElement("button");
    const rows = [...table.tBodies[0].rows];
    let texts;
    let most = Number(table.dataset.rows) || Infinity;
    const show = () => {
      const wanted = input.value.toLocaleLowerCase();
      if (wanted) texts ??= new Map(rows.map((row) => [row, row.textContent.toLocaleLowerCase()]));
      let found = 0;
      for (const row of table.tBodies[0].rows) {
        const fits = !wanted || texts.get(row).includes(wanted);
        if (fits) found += 1;
        row.hidden = !fits || found > most;
      }
      all.hidden = found <= most;
    };
    label.className = "filter";
    input.type = "search";
    label.append(document.documentElement.dataset.filter, input);
    table.parentElement.before(label);
    input.addEventListener("input", show);
    table.addEventListener("sorted", show);
    if (most < rows.length) {
      all.type = "button";
      all.className = "all";
      all.textContent = table.dataset.all;
      table.parentElement.after(all);
      all.addEventListener("click", () => {
        most = Infinity;
        show();
      });
    }
  }
})();
