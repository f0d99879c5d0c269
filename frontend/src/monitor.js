// A diagram that shows where a case is. Every canvas with data-state-url becomes one.
import { Monitor } from './monitor/monitor.js';
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import './monitor/monitor.css';

for (const box of document.querySelectorAll('.tw-canvas[data-xml-url]')) {
  const monitor = new Monitor(box);
  box.tenderway = monitor;
  await monitor.open();
}
