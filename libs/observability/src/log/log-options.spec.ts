import { BootProblems } from 'guichet/kernel';
import { logOptions } from './log-options.js';

describe('logOptions', () => {
  it('writes text for people, and JSON in production', () => {
    expect(logOptions({}, {})).toMatchObject({ level: 'info', format: 'pretty', isRequestLogged: true });
    expect(logOptions({}, { NODE_ENV: 'production' }).format).toBe('json');
    expect(logOptions({ format: 'pretty' }, { NODE_ENV: 'production' }).format).toBe('pretty');
  });

  it('lets the environment win over the code, and ignores empty variables', () => {
    const environment = { LOG_LEVEL: 'WARN', LOG_FORMAT: 'json', LOG_REQUESTS: 'off' };
    const code = { level: 'debug', format: 'pretty', isRequestLogged: true } as const;
    expect(logOptions(code, environment)).toMatchObject({ level: 'warn', format: 'json', isRequestLogged: false });
    expect(logOptions(code, { LOG_LEVEL: '', LOG_FORMAT: '', LOG_REQUESTS: '' })).toMatchObject(code);
  });

  it('names the variables that are wrong', () => {
    const problems = new BootProblems();
    logOptions({ slowPageRatio: -1 }, { LOG_LEVEL: 'loud', LOG_FORMAT: 'xml', LOG_REQUESTS: 'yes' }, problems);
    expect(problems.all.map(({ where, path }) => `${where} ${path}`).sort()).toEqual([
      'log LOG_FORMAT',
      'log LOG_LEVEL',
      'log LOG_REQUESTS',
      'log slowPageRatio',
    ]);
  });
});
