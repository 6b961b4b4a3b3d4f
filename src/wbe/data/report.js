// Looking closer in the report's page: one district, one drug, words in rows, and tables in another order.
// Reads and moves what the page holds already; asks for nothing, keeps nothing, and writes text only as text.
"use strict";

const LEAST = 4; // rows that are worth another order

function headsOf(table) {
  return [...table.tHead.rows[0].cells];
}

function textOf(cell) {
  return cell ? cell.textContent.trim() : "";
}

function valueOf(cell) {
  const found = textOf(cell).replace(/[−–]/g, "-").replace(/,/g, "").match(/^[<>≤≥±+ ]*(-?\d+(?:\.\d+)?)/);
  return found ? Number(found[1]) : null;
}

function order(a, b, language) {
  const x = valueOf(a), y = valueOf(b);
  if (x !== null && y !== null) return x - y;
  if (x !== null || y !== null) return x !== null ? -1 : 1; // numbers before words
  return textOf(a).localeCompare(textOf(b), language);
}

function sortable(table, block, say) {
  const heads = headsOf(table), body = table.tBodies[0];
  if (body.rows.length < LEAST) return;
  heads.forEach((head, at) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const rows = [...body.rows], whole = rows.filter((row) => textOf(row.cells[0]) === block.dataset.city);
      const others = rows.filter((row) => !whole.includes(row));
      others.sort((a, b) => (down ? -1 : 1) * order(a.cells[at], b.cells[at], block.lang));
      body.append(...others, ...whole); // the city stays below its districts
      say(button.textContent);
    });
  });
}

function columnOf(table, key) {
  return headsOf(table).findIndex((head) => head.dataset.key === key);
}

function namesOf(tables, key) {
  const found = new Set();
  for (const table of tables) {
    const at = columnOf(table, key);
    if (at >= 0) for (const row of table.tBodies[0].rows) found.add(textOf(row.cells[at]));
  }
  found.delete("");
  found.delete("—");
  return [...found];
}

// A table with drugs across: its columns of other drugs are left out.
function narrow(table, drug, drugs) {
  if (columnOf(table, "drug") >= 0 || columnOf(table, "district") < 0) return;
  const heads = headsOf(table);
  const named = heads.map((head) => drugs.find((name) => textOf(head) === name || textOf(head).startsWith(`${name} (`) ||
    textOf(head).startsWith(`${name}（`)));
  if (named.filter(Boolean).length < 2 || (drug && !named.includes(drug))) return;
  for (const row of [...table.tHead.rows, ...table.tBodies[0].rows])
    [...row.cells].forEach((cell, at) => cell.classList.toggle("off", Boolean(drug && named[at] && named[at] !== drug)));
}

function choose(block, tables, wanted, drugs) {
  let shown = 0, all = 0;
  for (const table of tables) {
    const at = { district: columnOf(table, "district"), drug: columnOf(table, "drug") };
    for (const row of table.tBodies[0].rows) {
      const off = ["district", "drug"].some((key) => wanted[key] && at[key] >= 0 &&
        textOf(row.cells[at[key]]) !== wanted[key]) ||
        (wanted.words && !row.textContent.toLowerCase().includes(wanted.words));
      row.classList.toggle("off", Boolean(off));
      all += 1;
      shown += off ? 0 : 1;
    }
    narrow(table, wanted.drug, drugs);
  }
  return [shown, all];
}

function picker(form, key, names) {
  const select = form.querySelector(`[name=${key}]`);
  for (const name of names) select.add(new Option(name, name));
  if (names.length < 2) select.closest("label").hidden = true;
  return select;
}

for (const block of document.querySelectorAll(".block")) {
  const form = block.querySelector("form.chooser"), tables = [...block.querySelectorAll("table")];
  const drugs = namesOf(tables, "drug"), told = form.querySelector("output");
  const fields = {
    district: picker(form, "district", namesOf(tables, "district")), drug: picker(form, "drug", drugs),
    words: form.querySelector("[name=words]"),
  };
  const show = () => {
    const wanted = { district: fields.district.value, drug: fields.drug.value,
      words: fields.words.value.trim().toLowerCase() };
    const [shown, all] = choose(block, tables, wanted, drugs);
    const said = shown === all ? "" : form.dataset.told.replace("{shown}", shown).replace("{all}", all);
    told.textContent = said;
    if (wanted.district || wanted.drug || wanted.words)
      for (const part of block.querySelectorAll("details")) if (part.querySelector("tr:not(.off) td")) part.open = true;
  };
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(show));
  tables.forEach((table) => sortable(table, block, (name) => {
    told.textContent = form.dataset.sorted.replace("{name}", name);
  }));
  form.hidden = false;
}
