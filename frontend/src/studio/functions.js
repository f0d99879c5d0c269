// Stands in for @camunda/feel-builtins: the FEEL editor completes what the engine that runs the diagrams knows, and
// nothing of another's. The page brings the engine's list, {name: [signature, …]}; `?` marks what may be left out,
// `*` what may be repeated.
const known = JSON.parse(document.querySelector('[data-functions]')?.dataset.functions || '{}');

function parameters(signature) {
  return signature
    .split(', ')
    .filter(Boolean)
    .map(text => {
      const [, repeated, name, optional, type] = text.match(/^(\*?)(.+?)(\??): (.*)$/);
      return { name, type: repeated ? `${type}…` : type, optional: Boolean(optional) };
    });
}

const escaped = text => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
const offered = Object.entries(known).flatMap(([name, signatures]) => {
  const info = `<p>${signatures.map(one => `<code>${escaped(`${name}(${one})`)}</code>`).join('<br>')}</p>`;
  return signatures.flatMap(signature => {
    const all = parameters(signature),
      needed = all.filter(one => !one.optional);
    return (needed.length < all.length ? [needed, all] : [all]).map(params => ({
      name,
      type: 'function',
      params,
      info
    }));
  });
});

/** Names that hold a word of the language itself; the parser must be told them. */
const RESERVED = /\b(?:or|and|if|then|else|for|in|return|some|every|satisfies|between|not)\b/;
export { offered as camundaBuiltins, offered as feelBuiltins };
export const camundaExtensions = [],
  camundaReservedNameBuiltins = offered.filter(one => one.name.includes(' ') && RESERVED.test(one.name));
