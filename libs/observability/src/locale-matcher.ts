const MAX_HEADER_LENGTH = 256;
const MAX_CACHED_HEADERS = 512;
const RANGE = /^(\*|[a-z]{2,8}(?:-[a-z0-9]{1,8})*)(?:\s*;\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?$/i;

interface Wish {
  readonly tag: string;
  readonly quality: number;
}

/**
 * Finds the app's locale that fits a client best. For each of the client's wishes in its order of preference: the
 * wish itself or a shorter form of it (RFC 4647 lookup), else a locale of the same language and script, its region
 * first. If nothing fits, the app's first locale.
 */
export class LocaleMatcher {
  private readonly locales: readonly Intl.Locale[];
  private readonly cache = new Map<string, string>();

  /**
   * @param locales  BCP 47 tags, the default first; may be empty
   * @throws RangeError  if one is not a BCP 47 tag
   */
  constructor(locales: readonly string[]) {
    this.locales = locales.map(tag => new Intl.Locale(tag));
  }

  /**
   * @param acceptLanguage  the client's header
   * @returns one of the app's locales, or undefined if it declares none
   */
  match(acceptLanguage: string | undefined): string | undefined {
    const fallback = this.locales[0]?.baseName;
    if (fallback === undefined || acceptLanguage === undefined || acceptLanguage.length > MAX_HEADER_LENGTH)
      return fallback;
    let found = this.cache.get(acceptLanguage);
    if (found === undefined) {
      found = this.find(parse(acceptLanguage)) ?? fallback;
      // Browsers send few different headers; whoever sends many shall not fill the memory.
      if (this.cache.size >= MAX_CACHED_HEADERS) this.cache.clear();
      this.cache.set(acceptLanguage, found);
    }
    return found;
  }

  private find(wishes: readonly Wish[]): string | undefined {
    const refused = wishes.filter(wish => wish.quality === 0).map(wish => wish.tag);
    const open = this.locales.filter(
      locale => !refused.some(tag => tag === locale.baseName.toLowerCase() || isShorterForm(tag, locale)),
    );
    for (const { tag, quality } of wishes) {
      if (quality === 0) continue;
      const found = tag === '*' ? open[0] : (lookUp(tag, open) ?? sameLanguage(tag, open));
      if (found) return found.baseName;
    }
    return open[0]?.baseName;
  }
}

function parse(header: string): Wish[] {
  return header
    .split(',')
    .map(part => RANGE.exec(part.trim()))
    .filter(match => match !== null)
    .map(match => ({ tag: match[1]!.toLowerCase(), quality: match[2] === undefined ? 1 : Number(match[2]) }))
    .sort((one, other) => other.quality - one.quality);
}

function isShorterForm(tag: string, locale: Intl.Locale): boolean {
  return locale.baseName.toLowerCase().startsWith(`${tag}-`);
}

function lookUp(tag: string, locales: readonly Intl.Locale[]): Intl.Locale | undefined {
  for (let form = tag; form !== ''; form = form.slice(0, Math.max(form.lastIndexOf('-'), 0))) {
    const exact = locales.find(locale => locale.baseName.toLowerCase() === form);
    if (exact) return exact;
  }
  return undefined;
}

function sameLanguage(tag: string, locales: readonly Intl.Locale[]): Intl.Locale | undefined {
  let wish: Intl.Locale;
  try {
    wish = new Intl.Locale(tag).maximize();
  } catch {
    return undefined;
  }
  const near = locales.filter(locale => {
    const full = locale.maximize();
    return full.language === wish.language && full.script === wish.script;
  });
  return near.find(locale => locale.maximize().region === wish.region) ?? near[0];
}
