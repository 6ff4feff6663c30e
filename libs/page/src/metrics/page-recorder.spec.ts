import { InvalidInput, PageFailed, Shed } from 'guichet/kernel';
import { Metrics } from 'guichet/observability';
import { FakeCall, failure } from '../../test/fake-call.js';
import { runPage } from '../../test/run-page.js';
import { compilePage } from '../compile.js';
import { Page } from '../page.decorator.js';
import { optional, required } from '../sections.js';
import { PageMetrics } from './page-metrics.js';
import type { PageRecorder } from './page-recorder.js';

@Page('films', { budgetMs: 1_000 })
class FilmsPage {
  readonly films = required([], () => 1);
  readonly badges = optional([], () => 1);
}

describe('what is counted of a page', () => {
  let metrics: Metrics;
  let recorder: PageRecorder;

  beforeEach(() => {
    metrics = new Metrics();
    recorder = new PageMetrics(metrics, undefined).of(compilePage(new FilmsPage()).plan!);
  });

  /** The series that do not stand at 0, without the page's label. */
  const counted = async (name: string): Promise<string[]> =>
    (await metrics.text())
      .split('\n')
      .filter(line => line.startsWith(`${name}{`) && !line.endsWith(' 0'))
      .map(line => line.slice(name.length).replace('page="FilmsPage",', ''));

  it('stands at 0 before the first request, so that rates have a beginning', async () => {
    expect(await metrics.text()).toContain(
      'guichet_page_requests_total{page="FilmsPage",outcome="complete",code="",fault="none"} 0',
    );
  });

  it('is how it ended, how long it took, how long it is, and how each section stood', async () => {
    recorder.served([undefined, undefined], true, 0.04, 100);
    recorder.served([undefined, { state: 'omitted', reason: 'upstream-timeout' }], false, 0.3, 60);
    expect(await counted('guichet_page_requests_total')).toEqual([
      '{outcome="complete",code="",fault="none"} 1',
      '{outcome="degraded",code="",fault="none"} 1',
    ]);
    expect(await counted('guichet_section_results_total')).toEqual([
      '{section="films",state="fresh",reason=""} 2',
      '{section="badges",state="fresh",reason=""} 1',
      '{section="badges",state="omitted",reason="upstream-timeout"} 1',
    ]);
    const text = await metrics.text();
    expect(text).toContain('guichet_page_response_bytes_total{page="FilmsPage"} 160');
    expect(text).toContain('guichet_page_duration_seconds_count{page="FilmsPage"} 2');
  });

  it('is why it failed, of a closed set whatever was thrown', async () => {
    recorder.failed(new PageFailed('FilmsPage', [{ section: 'films', error: failure('circuit-open') }]));
    recorder.failed(failure('no-instances'));
    recorder.failed(new Shed('FilmsPage', 1_000));
    recorder.failed(new InvalidInput([]));
    recorder.failed(new RangeError('a bug'));
    recorder.failed('thrown by somebody');
    recorder.departed();
    expect((await counted('guichet_page_requests_total')).toSorted()).toEqual([
      '{outcome="departed",code="",fault="none"} 1',
      '{outcome="failed",code="bug",fault="gateway"} 2',
      '{outcome="failed",code="circuit-open",fault="upstream"} 1',
      '{outcome="failed",code="invalid-input",fault="client"} 1',
      '{outcome="failed",code="no-instances",fault="upstream"} 1',
      '{outcome="failed",code="shed",fault="gateway"} 1',
    ]);
    expect(await counted('guichet_section_results_total')).toEqual([
      '{section="films",state="failed",reason="circuit-open"} 1',
    ]);
  });

  it('is how long each section took from its launch, those left out that were cut off or never ran', async () => {
    const film = new FakeCall<string>();
    const never = new FakeCall<string>();
    @Page('film', { budgetMs: 800 })
    class FilmPage {
      readonly film = required([], () => film);
      readonly price = required([this.film], () => 1);
      readonly missing = optional([], (): number => {
        throw failure('no-instances');
      });
      readonly more = optional([this.missing], () => 2);
      readonly last = required([this.price], (): number => {
        throw failure('circuit-open');
      });
      readonly slow = optional([], () => never);
    }
    const { clock } = runPage(new FilmPage(), [], false, new PageMetrics((metrics = new Metrics()), undefined));
    clock.advance(40);
    film.succeed('Titanic');
    await Promise.resolve();
    const text = await metrics.text();
    const of = (section: string) => {
      const [count, sum] = ['count', 'sum'].map(what =>
        Number(
          new RegExp(`guichet_section_duration_seconds_${what}\\{page="FilmPage",section="${section}"\\} (.*)`).exec(
            text,
          )![1],
        ),
      );
      return [count, sum];
    };
    expect(of('film')).toEqual([1, 0.04]);
    expect(of('price')).toEqual([1, 0]);
    expect(of('missing')).toEqual([1, 0]);
    expect(of('last')).toEqual([1, 0]);
    expect(of('more')).toEqual([0, 0]);
    expect(of('slow')).toEqual([0, 0]);
  });
});
