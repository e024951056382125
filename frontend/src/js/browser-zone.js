// Fills in an open choice of time zone from the browser, and offers the browser's zone where the
// profile has another. What a browser hides (it says UTC then) is asked, not filled in.
const KEPT = "zone-kept";
const CALLED = { "America/Indianapolis": "America/Indiana/Indianapolis" }; // by browsers, not by us

export function browserZone(root) {
  const said = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const zone = CALLED[said] || said;
  if (!zone || !zone.includes("/") || zone.startsWith("Etc/")) return;
  for (const select of root.querySelectorAll("select[data-browser-zone]")) choose(select, zone);
  const notice = root.querySelector("[data-zone-offer]");
  if (notice) offer(notice, zone);
}

function choose(select, zone) {
  if (select.value) return;
  if (![...select.options].some((option) => option.value === zone)) select.add(new Option(nameOf(zone), zone));
  select.value = zone;
}

function offer(notice, zone) {
  const known = notice.dataset.zoneOffer;
  const pair = `${known} ${zone}`;
  if (sameClock(known, zone) || localStorage.getItem(KEPT) === pair) return;
  const use = notice.querySelector("[data-zone-use]");
  use.value = zone;
  use.querySelector("[data-zone-name]").textContent = nameOf(zone);
  use.hidden = notice.hidden = false;
  notice.querySelector("[data-zone-keep]").addEventListener("click", () => localStorage.setItem(KEPT, pair));
}

function nameOf(zone) {
  const parts = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longGeneric" }).formatToParts(new Date());
  return parts.find((part) => part.type === "timeZoneName").value;
}

function sameClock(one, other) {
  const year = new Date().getFullYear();
  return [0, 3, 6, 9].every((month) => clock(one, year, month) === clock(other, year, month));
}

function clock(zone, year, month) {
  const shown = { timeZone: zone, dateStyle: "short", timeStyle: "short" };
  return new Intl.DateTimeFormat("en-US", shown).format(new Date(Date.UTC(year, month, 15)));
}
