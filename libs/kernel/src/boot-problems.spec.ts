import { BootError, BootProblems } from './boot-problems.js';

const problem = { where: 'page', path: 'FilmPage', message: 'its route is taken', value: '/films', mend: 'rename it' };

describe('BootProblems', () => {
  it('lets the boot go on while there are none', () => {
    expect(() => new BootProblems().assertNone()).not.toThrow();
  });

  it('ends the boot with all of them, the same one counted once', () => {
    const problems = new BootProblems();
    problems.add(problem, { ...problem }, { ...problem, path: '', message: 'other', value: undefined });
    expect(problems.all).toHaveLength(2);
    expect(() => problems.assertNone()).toThrow(
      new BootError([problem, { ...problem, path: '', message: 'other', value: undefined }]),
    );
  });
});

describe('BootError', () => {
  it('tells of each problem where, what, the value and how to mend it', () => {
    expect(new BootError([problem]).message).toBe(
      '1 problem stops the boot:\n  - page · FilmPage: its route is taken (is /films)\n      mend: rename it',
    );
    expect(BootError.EXIT_CODE).toBe(78);
  });
});
