"use strict";
// What the server can't do from where it is: scrolling, looks, lighting up words.
// The conversation stays at its end as it grows, unless the person has scrolled away from there.
document.addEventListener("DOMContentLoaded", () => {
  let thread = null;
  let isAtEnd = true;
  const follow = () => {
    if (isAtEnd) thread.scrollTop = thread.scrollHeight;
  };
  const grown = new ResizeObserver(follow);
  const watch = new MutationObserver((changes) => {
    const found = document.querySelector(".thread");
    if (!found) return;
    if (found !== thread) {
      thread = found;
      isAtEnd = true;
      for (const each of thread.children) grown.observe(each);
      thread.addEventListener("scroll", () => {
        isAtEnd = thread.scrollHeight - thread.scrollTop - thread.clientHeight < 60;
      });
    }
    for (const change of changes)
      for (const each of change.addedNodes)
        if (each.parentNode === thread) {
          isAtEnd ||= each.querySelector?.(".said") != null;
          if (each instanceof Element) grown.observe(each);
        }
    follow();
  });
  watch.observe(document.body, { childList: true, subtree: true });
});
window.steepest = {
  turnOver() {
    document.querySelector("main.conversation").classList.toggle("turned");
  },
  // Whether it is dark from now on; the cookie keeps it for the next page.
  changeLook() {
    const isDark = !document.body.classList.contains("body--dark");
    document.cookie = `steepest-look=${isDark ? "dark" : "light"}; path=/; max-age=31536000; samesite=lax`;
    return isDark;
  },
};

// A number lights the words that it came from, and words the numbers that came from them: they have ids in common.
(() => {
  let lit = [];
  const unlight = () => {
    for (const each of lit) each.classList.remove("lit");
    lit = [];
  };
  const light = (event) => {
    const from = event.target instanceof Element ? event.target.closest("[data-o]") : null;
    unlight();
    const view = from && from.closest(".model");
    if (!view) return;
    const ids = new Set(from.dataset.o.split(" "));
    for (const each of view.querySelectorAll("[data-o]"))
      if (each === from || each.getAttribute("data-o").split(" ").some((id) => ids.has(id))) lit.push(each);
    for (const each of lit) each.classList.add("lit");
  };
  document.addEventListener("mouseover", light);
  document.addEventListener("focusin", light);
  document.addEventListener("click", light);
  // The waves under the text of the editor go with it.
  document.addEventListener("scroll", (event) => {
    if (!event.target.matches || !event.target.matches(".editor textarea")) return;
    const under = document.querySelector(".editor .underlined");
    under.scrollTop = event.target.scrollTop;
    under.scrollLeft = event.target.scrollLeft;
  }, true);
})();
