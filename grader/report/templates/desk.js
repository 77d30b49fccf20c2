"use strict";
// Tells how far a run is that is at work, and loads the page again when it has ended.
(() => {
  const place = document.querySelector(".progress");
  let seen = !place.hidden;
  const ask = async () => {
    try {
      const reply = await fetch(place.dataset.url, { cache: "no-store" });
      const { running, text } = await reply.json();
      place.hidden = !text;
      place.textContent = text;
      if (seen && !running && !document.querySelector(":focus:is(input, textarea, select)")) location.reload();
      seen = running;
    } catch {
      place.hidden = true;
    }
    setTimeout(ask, 2000);
  };
  setTimeout(ask, 2000);
})();
