import { harmlessJson, parseJson } from './parse-json.js';

const parse = (text: string): unknown => parseJson(Buffer.from(text));

describe('parseJson', () => {
  it('parses JSON', () => {
    expect(parse('{"a":[1,"ü",null]}')).toEqual({ a: [1, 'ü', null] });
  });

  it.each(['{"a":NaN}', '{"a":Infinity}', '', '{', '{"a":1}x', "{'a':1}", '\ufeff{}'])('refuses %j', text => {
    expect(() => parse(text)).toThrow(SyntaxError);
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(() => parseJson(Buffer.from([0x22, 0xfc, 0x22]))).toThrow(SyntaxError);
  });

  it.each([
    '{"a":1,"__proto__":{"polluted":1}}',
    '{"a":1,"\\u005f_proto__":{"polluted":1}}',
    '{"a":1,"__pr\\u006Fto__":{"polluted":1}}',
  ])('leaves %s without its __proto__', text => {
    const value = parse(text) as object;
    expect(Object.keys(value)).toEqual(['a']);
    expect(Object.assign({}, value)).not.toHaveProperty('polluted');
    expect(JSON.parse(harmlessJson(Buffer.from(text)))).toEqual({ a: 1 });
  });

  it('finds it however deep it is, and is not overcome by depth', () => {
    const depth = 200_000;
    let value = parse(
      '{"__proto__":0,"a":' + '[{"a":'.repeat(depth) + '{"__proto__":1,"b":2}' + '}]'.repeat(depth) + '}',
    ) as {
      a: unknown;
    };
    expect(Object.hasOwn(value, '__proto__')).toBe(false);
    for (let i = 0; i < depth; i++) value = (value.a as { a: unknown }[])[0]!;
    expect(value.a).toEqual({ b: 2 });
    expect(Object.hasOwn(value.a as object, '__proto__')).toBe(false);
  });

  it('keeps the word where it is no key', () => {
    expect(parse('{"a":"__proto__"}')).toEqual({ a: '__proto__' });
    expect(parse('{"a":[{"b":{"__proto__":1,"c":2}}]}')).toEqual({ a: [{ b: { c: 2 } }] });
  });
});
