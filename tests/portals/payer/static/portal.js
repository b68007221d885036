"use strict";

// Autocomplete: a combobox that fetches options while one types.
// With data-chips a choice becomes an entry of a list, else it fills the hidden field.
class Combobox {
  constructor(field) {
    this.field = field;
    this.input = field.querySelector("[role=combobox]");
    this.hidden = field.querySelector("[data-value]");
    this.chips = field.dataset.chips ? field.querySelector(".chips") : null;
    this.asked = 0;
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => this.close());
    this.chips?.addEventListener("click", (event) => {
      if (event.target.matches("button")) { event.target.closest("li").remove(); this.allow(); }
    });
    this.allow();
  }

  typed() {
    if (this.hidden) this.hidden.value = "";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), 60);
  }

  async ask() {
    const words = this.input.value.trim();
    const asked = ++this.asked;
    if (!words) { this.close(); return; }
    const answer = await fetch(`${this.field.dataset.combobox}?q=${encodeURIComponent(words)}`);
    if (asked !== this.asked || !answer.ok) return;
    this.show(await answer.json());
  }

  show(options) {
    this.close();
    this.list = document.createElement("ul");
    this.list.className = "options";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Suggestions");
    for (const option of options) this.list.append(this.option(option));
    if (!options.length) {
      const none = document.createElement("li");
      none.className = "none";
      none.setAttribute("role", "status");
      none.textContent = "No match";
      this.list.append(none);
    }
    this.field.append(this.list);
    this.input.setAttribute("aria-expanded", "true");
  }

  option({ value, text }) {
    const option = document.createElement("li");
    option.setAttribute("role", "option");
    option.dataset.value = value;
    option.textContent = text;
    option.addEventListener("mousedown", (event) => { event.preventDefault(); this.choose(option); });
    return option;
  }

  key(event) {
    const options = this.list ? [...this.list.querySelectorAll("[role=option]")] : [];
    const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "Escape") this.close();
    if (event.key === "Enter" && options.length) {
      event.preventDefault();
      this.choose(options[Math.max(at, 0)]);
    }
    if (event.key === "ArrowDown" && options.length) {
      event.preventDefault();
      options[at]?.removeAttribute("aria-selected");
      options[(at + 1) % options.length].setAttribute("aria-selected", "true");
    }
  }

  choose(option) {
    this.close();
    if (this.hidden) {
      this.hidden.value = option.dataset.value;
      this.input.value = option.textContent;
      return;
    }
    this.input.value = "";
    this.add(option.dataset.value);
  }

  add(value) {
    const name = this.field.dataset.chips;
    const taken = [...this.chips.querySelectorAll("input")].some((input) => input.value === value);
    if (taken) return;
    const chip = document.createElement("li");
    chip.innerHTML = `<input type="hidden" name="${name}"><span></span>
      <button type="button" class="quiet">&times;</button>`;
    chip.querySelector("input").value = value;
    chip.querySelector("span").textContent = value;
    chip.querySelector("button").setAttribute("aria-label", `Remove ${value}`);
    this.chips.append(chip);
    this.allow();
  }

  allow() {
    if (this.chips) this.input.disabled = this.chips.children.length >= Number(this.field.dataset.most);
  }

  close() {
    this.list?.remove();
    this.list = null;
    this.input.setAttribute("aria-expanded", "false");
  }
}

// A date field that takes typing and opens a calendar when it gets the focus.
class DatePicker {
  constructor(field) {
    this.field = field;
    this.input = field.querySelector("input");
    this.input.addEventListener("focus", () => this.open());
    this.input.addEventListener("blur", () => this.tidy());
    this.field.querySelector("[data-open]").addEventListener("click", () => this.open());
    this.field.addEventListener("keydown", (event) => { if (event.key === "Escape") this.close(); });
    document.addEventListener("focusin", (event) => {
      if (!this.field.contains(event.target)) this.close();
    });
    document.addEventListener("mousedown", (event) => {
      if (!this.field.contains(event.target)) this.close();
    });
  }

  tidy() {
    const parts = this.input.value.trim().match(/^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/);
    if (parts) this.input.value = `${parts[1].padStart(2, "0")}/${parts[2].padStart(2, "0")}/${parts[3]}`;
  }

  open() {
    if (this.panel) return;
    const typed = this.input.value.match(/^(\d{2})\/(\d{2})\/(\d{4})$/);
    this.month = typed ? Number(typed[1]) - 1 : 0;
    this.year = typed ? Number(typed[3]) : 1980;
    this.panel = document.createElement("div");
    this.panel.className = "calendar";
    this.panel.setAttribute("role", "dialog");
    this.panel.setAttribute("aria-label", "Calendar");
    this.field.append(this.panel);
    this.draw();
  }

  draw() {
    const months = Array.from({ length: 12 }, (_, month) =>
      new Date(2000, month, 1).toLocaleString("en-US", { month: "long" }));
    const thisYear = new Date().getFullYear();
    const years = Array.from({ length: 121 }, (_, back) => thisYear - back);
    this.panel.replaceChildren();
    const choose = document.createElement("div");
    choose.className = "choose";
    choose.append(
      this.select("Month", months.map((name, month) => [month, name]), this.month, (month) => { this.month = month; }),
      this.select("Year", years.map((year) => [year, year]), this.year, (year) => { this.year = year; }));
    const days = document.createElement("div");
    days.className = "days";
    const last = new Date(this.year, this.month + 1, 0).getDate();
    for (let day = 1; day <= last; day += 1) days.append(this.day(day, months[this.month]));
    this.panel.append(choose, days);
  }

  select(label, options, chosen, change) {
    const select = document.createElement("select");
    select.setAttribute("aria-label", label);
    for (const [value, text] of options) select.append(new Option(text, value, false, value === chosen));
    select.addEventListener("change", () => { change(Number(select.value)); this.draw(); });
    return select;
  }

  day(day, month) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = day;
    button.setAttribute("aria-label", `${month} ${day}, ${this.year}`);
    button.addEventListener("click", () => {
      const two = (number) => String(number).padStart(2, "0");
      this.input.value = `${two(this.month + 1)}/${two(day)}/${this.year}`;
      this.close();
    });
    return button;
  }

  close() {
    this.panel?.remove();
    this.panel = null;
  }
}

// Service lines: rows are added and removed in place, and numbered anew.
class Lines {
  constructor(list) {
    this.list = list;
    this.button = document.querySelector("[data-add-line]");
    this.button.addEventListener("click", () => this.add());
    list.addEventListener("click", (event) => {
      if (event.target.matches("[data-remove-line]")) this.remove(event.target.closest("[data-line]"));
    });
    this.number();
  }

  add() {
    const line = this.list.lastElementChild.cloneNode(true);
    for (const input of line.querySelectorAll("input")) {
      input.value = "";
      input.removeAttribute("value");
      input.removeAttribute("aria-invalid");
    }
    this.list.append(line);
    this.number();
    line.querySelector("input").focus();
  }

  remove(line) {
    if (this.list.children.length > 1) line.remove();
    this.number();
  }

  number() {
    [...this.list.children].forEach((line, index) => {
      line.setAttribute("aria-label", `Line ${index + 1}`);
      line.querySelector("[data-remove-line]").setAttribute("aria-label", `Remove line ${index + 1}`);
      for (const field of line.querySelectorAll(".field")) {
        const input = field.querySelector("input");
        input.id = `line-${index + 1}-${input.name}`;
        field.querySelector("label").htmlFor = input.id;
      }
    });
    this.button.disabled = this.list.children.length >= Number(this.list.dataset.most);
  }
}

for (const field of document.querySelectorAll("[data-combobox]")) new Combobox(field);
for (const field of document.querySelectorAll("[data-date-picker]")) new DatePicker(field);
for (const list of document.querySelectorAll("[data-lines]")) new Lines(list);
