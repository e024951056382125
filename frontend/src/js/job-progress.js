// While a file is being made, its page asks how far it is; without this it has a link that does.
const EVERY = 2000; // milliseconds
export function jobProgress(root) {
  const part = root.querySelector("[data-job-open]");
  if (!part) return;
  const look = async () => {
    try {
      const answer = await fetch(location.href, { credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = page.querySelector("[data-job]");
      if (!answer.ok || !found) return;
      part.replaceChildren(...found.childNodes);
      if (!found.hasAttribute("data-job-open")) return;
    } catch (fault) { /* the network is away: ask again */ }
    setTimeout(look, EVERY);
  };
  setTimeout(look, EVERY);
}
