import { InvalidInput } from 'guichet/kernel';
import { xmlParser } from './parse-xml.js';
import { writeXml } from './write-xml.js';

describe('the XML writer', () => {
  it('writes elements, attributes, lists and text, escaped', () => {
    const hostile = `"><script a='1'>]]>&amp;`;
    const written = writeXml({
      'soap:order': {
        '@id': hostile,
        item: [hostile, 3, true, 5n, null, undefined, { '@sku': 'x', '#text': 'y' }],
        note: '',
      },
    });
    expect(written).not.toContain('<script');
    expect(xmlParser([]).parse(written)).toEqual({
      order: { '@id': hostile, item: [hostile, '3', 'true', '5', { '@sku': 'x', '#text': 'y' }], note: '' },
    });
  });

  it.each([
    [{ 'a b': '1' }],
    [{ 'a><b': '1' }],
    [{ a: { '@b c': '1' } }],
    [{ a: { '@': '1' } }],
    [{ '': '1' }],
    [{}],
    [{ a: '1', b: '2' }],
    [{ a: ['1', '2'] }],
    [{ a: { '#text': {} } }],
    [{ a: { b: (() => 1) as never } }],
  ])('throws for what is no document: %p', document => {
    expect(() => writeXml(document as never)).toThrow(TypeError);
  });

  it.each(['\u0000', '\ud800', '\uffff'])('refuses text that XML cannot hold: %j', text => {
    expect(() => writeXml({ a: { b: text } })).toThrow(InvalidInput);
  });
});
