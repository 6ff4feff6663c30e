import { compileParserEarly } from './early-parser.js';

describe('compileParserEarly', () => {
  it('finds the parser where undici has it', () => {
    expect(compileParserEarly()).toBe(true);
  });
});
