// Improves what works without it: nothing here is needed to use a page.
"use strict";

// A form is sent once, however often its button is pressed on a slow line; one that only fetches a file, as often as asked.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.dataset.again !== undefined) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
});

// A page that comes back out of the browser's memory can be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// Whoever reads the page by ear hears first what went wrong.
const problem = document.getElementById("problem");
if (problem) problem.focus();
