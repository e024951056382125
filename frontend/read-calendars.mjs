// Reads calendars with ical.js, for a test that compares it with the portal's own reader:
// a JSON list of texts comes in, what each of them says goes out. Run: make check-calendars
import fs from "node:fs";
import ICAL from "ical.js";

const read = (text) => {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const events = calendar.getAllSubcomponents("vevent").map((component) => {
    const event = new ICAL.Event(component);
    const moment = (time) => (time.isDate ? time.toString() : time.toJSDate().toISOString().replace(".000Z", "Z"));
    const attendee = component.getFirstProperty("attendee");
    return {
      uid: event.uid, sequence: event.sequence, summary: event.summary, description: event.description,
      status: component.getFirstPropertyValue("status"), location: event.location ?? "",
      start: moment(event.startDate), end: moment(event.endDate), stamp: moment(component.getFirstPropertyValue("dtstamp")),
      zone: event.startDate.zone?.tzid ?? "", organizer: event.organizer,
      attendee: attendee ? [attendee.getFirstValue(), attendee.getParameter("partstat")] : [],
    };
  });
  return { method: calendar.getFirstPropertyValue("method"), events };
};

process.stdout.write(JSON.stringify(JSON.parse(fs.readFileSync(0, "utf8")).map(read)));
