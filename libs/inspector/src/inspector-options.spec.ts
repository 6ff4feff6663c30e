import { BootProblems } from 'guichet/kernel';
import { inspectorOptions } from './inspector-options.js';

const TOKEN = 'a-token-of-16-ch';

describe('inspectorOptions', () => {
  const read = (environment: NodeJS.ProcessEnv) => {
    const problems = new BootProblems();
    return { ...inspectorOptions(environment, problems), problems: problems.all };
  };

  it.each([
    [{}, true],
    [{ INSPECTOR: 'off' }, false],
    [{ NODE_ENV: 'production' }, false],
    [{ NODE_ENV: 'production', INSPECTOR: '', INSPECTOR_TOKEN: '' }, false],
    [{ NODE_ENV: 'production', INSPECTOR_TOKEN: TOKEN }, true],
    [{ NODE_ENV: 'production', INSPECTOR_TOKEN: TOKEN, INSPECTOR: 'off' }, false],
  ])('with %j it is on: %s', (environment, isOn) => {
    expect(read(environment)).toMatchObject({ isOn, problems: [] });
  });

  it.each([
    ['on in production without a token', { NODE_ENV: 'production', INSPECTOR: 'on' }, 'INSPECTOR_TOKEN'],
    ['a token that is too short', { INSPECTOR_TOKEN: 'short' }, 'INSPECTOR_TOKEN'],
    ['a token with a space', { INSPECTOR_TOKEN: 'a token of 16 chars' }, 'INSPECTOR_TOKEN'],
    ['a switch that is neither', { INSPECTOR: 'yes' }, 'INSPECTOR'],
  ])('refuses %s', (_, environment, path) => {
    const { problems } = read(environment);
    expect(problems).toEqual([expect.objectContaining({ where: 'inspector', path })]);
    expect(JSON.stringify(problems)).not.toContain('short"');
  });

  it('notes that there is a token, and not which', () => {
    const problems = new BootProblems();
    inspectorOptions({ INSPECTOR_TOKEN: TOKEN }, problems);
    expect(JSON.stringify(problems.configuration.all)).not.toContain(TOKEN);
  });
});
