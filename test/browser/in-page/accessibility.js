/**
 * Runs in the page: what a visitor with a keyboard, a screen reader or weak eyes would stumble over. An expression, whose
 * value is one line per fault.
 */
(() => {
  const faults = [];
  const all = selector => [...document.querySelectorAll(selector)];
  const name = element => element.outerHTML.slice(0, 90);
  const isShown = element => element.closest('[aria-hidden="true"]') === null && element.getClientRects().length > 0;

  if (!document.documentElement.lang) faults.push('the document has no language');
  for (const landmark of ['header', 'main', 'footer']) {
    if (all(`#app > ${landmark}`).length !== 1) faults.push(`there is not exactly one ${landmark}`);
  }

  const headings = all('h1, h2, h3, h4, h5, h6').filter(isShown);
  if (headings.filter(heading => heading.tagName === 'H1').length !== 1) faults.push('there is not exactly one h1');
  headings.reduce((above, heading) => {
    const level = Number(heading.tagName[1]);
    if (level > above + 1) faults.push(`a heading skips a level: ${name(heading)}`);
    return level;
  }, 0);

  const ids = all('[id]').map(element => element.id);
  for (const id of new Set(ids.filter((one, i) => ids.indexOf(one) !== i))) faults.push(`the id ${id} stands twice`);
  for (const element of all('[aria-labelledby]')) {
    if (!document.getElementById(element.getAttribute('aria-labelledby'))) faults.push(`no label for ${name(element)}`);
  }

  for (const element of all('a[href], button, input, select').filter(isShown)) {
    const label = element.labels?.[0]?.textContent ?? '';
    if (!(element.getAttribute('aria-label') ?? element.textContent + label).trim())
      faults.push(`no name: ${name(element)}`);
  }
  // A named one is a picture as a whole, whatever is in it.
  const isNamed = picture => picture.closest('[role="img"][aria-label]') !== null;
  for (const picture of all('svg, img, canvas').filter(isShown)) {
    if (!isNamed(picture)) faults.push(`a picture without words: ${name(picture)}`);
  }

  // Contrast as WCAG has it, of every text against the nearest background behind it.
  const channels = color => (color.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = color => {
    const [r, g, b] = channels(color).map(c =>
      c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const backgroundOf = element => {
    for (let behind = element; behind; behind = behind.parentElement) {
      const color = getComputedStyle(behind).backgroundColor;
      if ((channels(color)[3] ?? 1) === 1) return color;
    }
    return 'rgb(255, 255, 255)';
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || element.closest('noscript, script')) continue;
    // Posters are decoration for a screen reader, but their words are there to be read.
    if (!isShown(element) && !element.closest('.poster')) continue;
    const { color, fontSize, fontWeight } = getComputedStyle(element);
    const [dark, light] = [luminance(color), luminance(backgroundOf(element))].sort((a, b) => a - b);
    const size = Number.parseFloat(fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(fontWeight) >= 700);
    const contrast = (light + 0.05) / (dark + 0.05);
    if (contrast < (isLarge ? 3 : 4.5)) faults.push(`contrast ${contrast.toFixed(2)}: ${name(element)}`);
  }
  return faults;
})();
