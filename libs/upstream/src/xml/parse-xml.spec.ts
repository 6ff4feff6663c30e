import { xmlParser } from './parse-xml.js';
import { xmlText } from './xml-text.js';

const parse = (text: string, ...arrays: string[]): unknown => xmlParser(arrays).parse(text);

describe('the XML parser', () => {
  it('gives elements, attributes and text, all as text and without prefixes', () => {
    const text =
      '<?xml version="1.0"?><!-- c --><s:films xmlns:s="urn:x" count="2"><film id="a&amp;b">1 &lt; &#65;&#x42;</film>' +
      '<film>007</film><note><![CDATA[<!DOCTYPE html> &amp; &nbsp;]]></note><none/></s:films>';
    expect(parse(text)).toEqual({
      films: {
        '@count': '2',
        film: [{ '@id': 'a&b', '#text': '1 < AB' }, '007'],
        note: '<!DOCTYPE html> &amp; &nbsp;',
        none: '',
      },
    });
  });

  it('makes lists of what is declared to be one, be it single', () => {
    expect(parse('<films><film><actor>a</actor></film></films>', 'films.film', 'films.film.actor')).toEqual({
      films: { film: [{ actor: ['a'] }] },
    });
    expect(parse('<films><film>a</film></films>', 'film')).toEqual({ films: { film: 'a' } });
  });

  it.each([
    ['nothing', ''],
    ['no XML', 'hello'],
    ['elements that are not closed', '<a><b></b>'],
    ['elements that overlap', '<a><b></a></b>'],
    ['two roots', '<a/><b/>'],
    ['an attribute twice', '<a b="1" b="2"/>'],
    ['a document type', '<!DOCTYPE a><a/>'],
    ['a document type inside', '<a><!DOCTYPE b [<!ENTITY x "y">]><b>&x;</b></a>'],
    ['a document type after a comment', '<!-- --><!doctype a><a/>'],
    ['an entity of its own', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'],
    ['an external entity', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'],
    [
      'entities that expand',
      `<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx">${'<!ENTITY y "&x;&x;&x;&x;&x;&x;">'.repeat(3)}]><a>&y;</a>`,
    ],
    ['an entity it does not declare', '<a>&nbsp;</a>'],
    ['an entity it does not declare in an attribute', '<a b="&nbsp;"/>'],
    ['a bare ampersand', '<a>a & b</a>'],
    ['a character that is none', '<a>&#0;</a>'],
    ['half a character', '<a>&#xD800;</a>'],
    ['a character beyond Unicode', '<a>&#1114112;</a>'],
    ['a comment without end', '<a><!-- </a>'],
    ['elements without end inside of each other', '<a>'.repeat(102) + '</a>'.repeat(102)],
    ['very many of them', '<a>'.repeat(100_000) + '</a>'.repeat(100_000)],
    ['a prototype', '<a><__proto__><polluted>1</polluted></__proto__></a>'],
    ['a constructor', '<a><constructor><prototype><polluted>1</polluted></prototype></constructor></a>'],
    ['a prototype as root', '<__proto__><polluted>1</polluted></__proto__>'],
  ])('refuses %s', (_, text) => {
    expect(() => parse(text)).toThrow(/\S/);
    expect({}).not.toHaveProperty('polluted');
  });

  it('takes names that every object inherits as names', () => {
    const value = parse('<a><toString>1</toString><valueOf><hasOwnProperty>2</hasOwnProperty></valueOf></a>') as {
      readonly a: object;
    };
    expect(Object.getPrototypeOf(value.a)).toBe(Object.prototype);
    expect(Object.entries(value.a)).toEqual([
      ['toString', '1'],
      ['valueOf', { hasOwnProperty: '2' }],
    ]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe('the text of an XML document', () => {
  const latin = Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>\u00fc</a>', 'latin1');

  it.each([
    ['UTF-8, where nothing is said', Buffer.from('<a>ü</a>'), 'text/xml', '<a>ü</a>'],
    ['what the header says', latin, 'text/xml; charset="iso-8859-1"', latin.toString('latin1')],
    ['what the document says', latin, 'application/xml', latin.toString('latin1')],
    ['UTF-16 by its mark', Buffer.from('\ufeff<a>ü</a>', 'utf16le'), 'application/xml', '<a>ü</a>'],
    ['UTF-8 with a mark', Buffer.from('\ufeff<a>ü</a>'), 'application/xml', '<a>ü</a>'],
  ])('is read as %s', (_, body, type, text) => {
    expect(xmlText(body, type)).toBe(text);
  });

  it.each([
    ['bytes that are no UTF-8', Buffer.from([0x3c, 0xff, 0x3e]), 'text/xml'],
    ['an encoding nobody knows', Buffer.from('<a/>'), 'text/xml; charset=utf-7'],
    ['control characters', Buffer.from('<a>\u0000</a>'), 'text/xml'],
  ])('is refused for %s', (_, body, type) => {
    expect(() => xmlText(body, type)).toThrow(SyntaxError);
  });
});
