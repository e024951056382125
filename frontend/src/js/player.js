// Links to a moment play the recording from there instead of loading the page anew.
export function player(root) {
  const video = root.querySelector("[data-player]");
  if (!video) return;
  const seek = (second) => { video.currentTime = second; video.play().catch(() => {}); };
  for (const a of root.querySelectorAll("[data-seek]")) {
    a.addEventListener("click", (e) => {
      if (e.ctrlKey || e.metaKey || e.shiftKey) return;
      e.preventDefault();
      history.replaceState(null, "", `#t=${a.dataset.seek}`);
      seek(Number(a.dataset.seek));
      video.scrollIntoView({ block: "nearest" });
    });
  }
  const asked = () => /^#t=(\d+)$/.exec(location.hash);
  const start = () => { const found = asked(); if (found) video.currentTime = Number(found[1]); };
  if (video.readyState) start(); else video.addEventListener("loadedmetadata", start, { once: true });
  addEventListener("hashchange", start);
}
