import { PageFailed } from './page-failed.js';
import { UpstreamError } from './upstream-error.js';

describe('UpstreamError', () => {
  it('carries what is known, and no stack', () => {
    const cause = new Error('ECONNREFUSED');
    const error = new UpstreamError('upstream-refused', 'catalog', 'nobody listens', { instance: 'h:1', cause });
    expect(error).toMatchObject({ code: 'upstream-refused', upstream: 'catalog', instance: 'h:1', cause });
    expect(error.message).toBe('catalog: nobody listens');
    expect(error.stack).not.toMatch(/\n\s+at /);
  });

  it('leaves the stacks of other errors alone', () => {
    new UpstreamError('shed', 'catalog', 'busy');
    expect(new Error('bug').stack).toMatch(/\n\s+at /);
  });
});

describe('PageFailed', () => {
  it('names the page, its sections and their codes for the log', () => {
    const error = new UpstreamError('no-instances', 'catalog', 'none');
    expect(new PageFailed('FilmPage', [{ section: 'film', error }]).message).toBe(
      'FilmPage: film (no-instances: catalog: none)',
    );
  });
});
