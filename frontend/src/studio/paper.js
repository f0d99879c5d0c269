// A diagram on paper: all of it, as large as the page allows, whatever part of it the screen shows.
const MARGIN = 12;

/**
 * Before printing show the whole drawing of `canvas`, afterwards what was shown before. The style sheet gives it
 * the page's width.
 */
export function fitOnPaper(canvas) {
  let before = null;
  const svg = canvas.getContainer().querySelector('svg');
  addEventListener('beforeprint', () => {
    const { inner } = canvas.viewbox();
    if (!inner.width || before) return;
    const layer = svg.querySelector('.viewport');
    before = { transform: layer.getAttribute('transform') };
    layer.removeAttribute('transform');
    svg.setAttribute(
      'viewBox',
      [inner.x - MARGIN, inner.y - MARGIN, inner.width + 2 * MARGIN, inner.height + 2 * MARGIN].join(' ')
    );
  });
  addEventListener('afterprint', () => {
    if (!before) return;
    svg.removeAttribute('viewBox');
    if (before.transform) svg.querySelector('.viewport').setAttribute('transform', before.transform);
    before = null;
  });
}
