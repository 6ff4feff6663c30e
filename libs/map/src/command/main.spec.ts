import { main } from './main.js';

function run(...args: string[]) {
  let printed = '';
  let complained = '';
  const exitCode = main(args, {
    folder: __dirname,
    now: 0,
    print: text => (printed += text),
    complain: text => (complained += text),
  });
  return { exitCode, printed, complained };
}

describe('guichet', () => {
  it('says what it can do', () => {
    expect(run('--help')).toMatchObject({ exitCode: 0, printed: expect.stringContaining('map ') as string });
    expect(run()).toMatchObject({ exitCode: 2, printed: expect.stringContaining('map ') as string });
    expect(run('map', '--help')).toMatchObject({ exitCode: 0, printed: expect.stringContaining('--strict') as string });
  });

  it.each([
    [['mop'], 'there is no command "mop"'],
    [['map', '--jsn'], "guichet map: Unknown option '--jsn'. guichet map --help tells the options."],
    [['map', 'web'], 'guichet map: Unexpected argument'],
    [['map', '--app'], "guichet map: Option '--app"],
    [['map', '--json', '--mermaid'], 'guichet map: --json and --mermaid: one of them'],
    [['map', '--at', 'tomorrow'], 'guichet map: --at tomorrow: write a day'],
    [['map', '--at', '2027-02-30'], 'guichet map: --at 2027-02-30: write a day'],
    [['map'], 'guichet map: there is no tsconfig.json in '],
    [['map', '--project', 'nowhere.json'], 'guichet map: there is no nowhere.json in '],
  ])('ends with 2 and says what is wrong: %j', (args, message) => {
    const { exitCode, printed, complained } = run(...args);
    expect(exitCode).toBe(2);
    expect(printed).toBe('');
    expect(complained).toContain(message);
  });
});
