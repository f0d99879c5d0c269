// <p class="tw-countdown" data-deadline="ISO" data-server-now="ISO">: what is left, on the server's clock. The
// words that the server wrote stay until the script replaces the part .tw-countdown__left. Ticks each second in the
// last hour, each minute before, and only while seen. When the time is over data-state becomes "over",
// [data-closes="id"] buttons are disabled; the server refuses anyway.
import { say } from '../words.js';

const loaded = performance.now();

export function left(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000)),
    d = Math.floor(seconds / 86400),
    h = Math.floor(seconds / 3600) % 24,
    m = Math.floor(seconds / 60) % 60;
  if (seconds === 0) return say('The time has ended');
  if (d) return say(d === 1 ? '1 day {h} h' : '{d} days {h} h', { d, h });
  if (h) return say('{h} h {m} min', { h, m });
  return say('{m} min {s} s', { m, s: seconds % 60 });
}

function tick(box) {
  const now = Date.parse(box.dataset.serverNow) + (performance.now() - loaded),
    rest = Date.parse(box.dataset.deadline) - now;
  const place = box.querySelector('.tw-countdown__left') || box;
  place.textContent = left(rest);
  box.dataset.state = rest <= 0 ? 'over' : rest < 86400000 ? 'soon' : 'open';
  if (rest <= 0 && box.id)
    for (const button of document.querySelectorAll(`[data-closes="${box.id}"]`)) button.disabled = true;
  if (rest > 0)
    setTimeout(
      () => tick(box),
      document.hidden ? 5000 : rest < 3600000 ? 1000 - (Math.floor(now) % 1000) : 60000 - (Math.floor(now) % 60000)
    );
}

export function watchCountdowns() {
  for (const box of document.querySelectorAll('[data-deadline][data-server-now]')) {
    box.setAttribute('role', 'timer');
    tick(box);
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden && box.dataset.state !== 'over') tick(box);
    });
  }
}
