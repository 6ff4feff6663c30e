import { useState } from 'preact/hooks';
import { addressOf, go, usePlace } from '../location';
import { DataTable } from '../parts/data-table';
import { Blank } from '../parts/facts';
import { Tag } from '../parts/tag';
import { type PageView, readExecution, type TriedAnswer, tryPage } from '../server';
import { useAsked, useRead } from '../use-read';
import { ms } from '../words';
import { Told } from './execution';

/** Asks for a page as a client would, and shows what came of it. */
export function TryView() {
  const { value: all, trouble } = useRead('pages');
  const pages = all?.filter(({ method }) => method === 'GET');
  const { detail } = usePlace();
  const page = pages?.find(({ name }) => name === detail) ?? pages?.[0];
  const [answer, setAnswer] = useState<{ page: string; answer?: TriedAnswer; trouble?: string; isAsking: boolean }>();
  const ask = (tried: PageView, form: FormData): void => {
    const { name } = tried;
    setAnswer({ page: name, isAsking: true });
    const token = (form.get('token') as string).trim();
    tryPage({
      page: name,
      params: valuesOf(tried, form, 'path'),
      query: [...Object.entries(valuesOf(tried, form, 'query')), ...further(form.get('further') as string)],
      ...(token !== '' && { token }),
    }).then(
      given => setAnswer({ page: name, answer: given, isAsking: false }),
      (error: unknown) => setAnswer({ page: name, trouble: (error as Error).message, isAsking: false }),
    );
  };
  const shown = answer?.page === page?.name ? answer : undefined;
  return (
    <>
      <div class="title">
        <h1>Try it</h1>
        <p>The app asks itself for a page over its own port: guards and limits count as for any client.</p>
      </div>
      {pages === undefined || page === undefined ? (
        <Blank trouble={trouble}>{pages && 'This app has no page that is read.'}</Blank>
      ) : (
        <div class="split try">
          <Form key={page.name} page={page} pages={pages} onAsk={ask} isAsking={shown?.isAsking ?? false} />
          <div class="panel answer" aria-live="polite">
            {shown?.trouble !== undefined && <Blank trouble={shown.trouble} />}
            {shown?.answer !== undefined && <Answer answer={shown.answer} />}
            {shown === undefined && <p class="quiet">The answer will stand here, with its waterfall.</p>}
            {shown?.isAsking && <Blank>Asking …</Blank>}
          </div>
        </div>
      )}
    </>
  );
}

interface FormProps {
  readonly page: PageView;
  readonly pages: readonly PageView[];
  readonly onAsk: (page: PageView, form: FormData) => void;
  readonly isAsking: boolean;
}

function Form({ page, pages, onAsk, isAsking }: FormProps) {
  const parameters = page.parameters.filter(parameter => parameter.in !== 'header');
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    onAsk(page, new FormData(event.currentTarget as HTMLFormElement));
  };
  return (
    <form class="panel" onSubmit={submit}>
      <label>
        Page
        <select value={page.name} onChange={({ currentTarget }) => go(addressOf('try', currentTarget.value))}>
          {pages.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <code class="path">GET {page.path}</code>
      {parameters.map(({ name, in: place, isRequired, description }) => (
        <label key={`${place} ${name}`}>
          <span>
            {name}{' '}
            <small>{[place, isRequired ? 'required' : 'optional', description].filter(Boolean).join(', ')}</small>
          </span>
          <input name={`${place} ${name}`} required={isRequired} autoComplete="off" />
        </label>
      ))}
      <label>
        <span>
          Further query <small>optional, name=value&amp;…</small>
        </span>
        <input name="further" autoComplete="off" />
      </label>
      <label>
        <span>
          Access token <small>optional, kept nowhere</small>
        </span>
        <input name="token" type="password" autoComplete="off" />
      </label>
      <button type="submit" disabled={isAsking}>
        Ask for it
      </button>
    </form>
  );
}

function Answer({ answer }: { readonly answer: TriedAnswer }) {
  const { path, status, headers, body, isCut, durationMs, execution } = answer;
  const complete = headers.find(([name]) => name.toLowerCase() === 'page-complete')?.[1];
  const tone = status >= 400 ? 'bad' : complete === '?0' ? 'warn' : 'good';
  return (
    <>
      <div class="panel-head">
        <h2>
          {status} in {ms(durationMs)}
        </h2>
        <Tag tone={tone}>{tone === 'bad' ? 'failed' : tone === 'warn' ? 'degraded' : 'complete'}</Tag>
        <code>{path}</code>
      </div>
      <h3>Body</h3>
      <pre tabIndex={0} aria-label="Body of the answer">
        {pretty(body)}
        {isCut && '\n… cut here'}
      </pre>
      <details>
        <summary>{headers.length} headers</summary>
        <DataTable
          caption="Headers of the answer"
          columns={['Header', 'Value']}
          rows={headers.map(([name, value]) => [<code>{name}</code>, <code class="value">{value}</code>])}
        />
      </details>
      {execution !== null && <Execution id={execution} />}
    </>
  );
}

function Execution({ id }: { readonly id: number }) {
  const { value, trouble } = useAsked(() => readExecution(id), `executions/${id}`);
  return <div class="tried">{value === undefined ? <Blank trouble={trouble} /> : <Told execution={value} />}</div>;
}

function valuesOf({ parameters }: PageView, form: FormData, place: 'path' | 'query'): Record<string, string> {
  return Object.fromEntries(
    parameters
      .filter(parameter => parameter.in === place)
      .map(({ name }) => [name, form.get(`${place} ${name}`) as string])
      .filter(([, value]) => value !== ''),
  ) as Record<string, string>;
}

function further(text: string): [string, string][] {
  return [...new URLSearchParams(text)].filter(([name]) => name !== '');
}

function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), undefined, 2);
  } catch {
    return body;
  }
}
