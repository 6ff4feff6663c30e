import type { ComponentChildren } from 'preact';
import { addressOf } from '../location';
import type { DeprecatedCallEnding, DeprecationView, EndingView, SuccessorView } from '../server';
import { NONE } from '../words';
import { badgeOf, fromNow } from './ending-words';
import { Tag, type Tone } from './tag';

const TONES: Readonly<Record<EndingView['state'], Tone>> = {
  announced: 'plain',
  deprecated: 'warn',
  ending: 'warn',
  ended: 'bad',
};

/** How far something is on its way out, in a word or two. */
export function EndingTag({ of }: { readonly of: EndingView }) {
  return (
    <span class="whole">
      <Tag tone={TONES[of.state]}>{badgeOf(of)}</Tag>
    </span>
  );
}

/** An instant as people say it, and as it is. */
export function When({ at, inMs }: { readonly at: string | undefined; readonly inMs: number | undefined }) {
  if (at === undefined || inMs === undefined) return <>{NONE}</>;
  return (
    <span class="when">
      {fromNow(inMs)} <time dateTime={at}>{at}</time>
    </span>
  );
}

/** What to use instead of a page or route: where this inspector shows it, or where it is. */
export function Successor({ of }: { readonly of: SuccessorView | undefined }) {
  if (of === undefined) return <>{NONE}</>;
  const { reference, page, route } = of;
  if (page !== undefined) return <a href={addressOf('pages', page)}>{page}</a>;
  if (route !== undefined)
    return (
      <a href={addressOf('routes', route)}>
        <code>{route}</code>
      </a>
    );
  return <Reference to={reference} />;
}

/** What is declared: a whole address can be gone to, a path is the app's and not the inspector's. */
export function Reference({ to }: { readonly to: string }) {
  if (!/^https?:\/\//.test(to)) return <code>{to}</code>;
  return (
    <a href={to} target="_blank" rel="noopener noreferrer">
      {to}
    </a>
  );
}

/** What a page or route says of its end, by name. */
export function endingFacts({ since, sunset, successor, details, afterSunset, ...of }: DeprecationView) {
  const facts: (readonly [string, ComponentChildren])[] = [
    ['Deprecated', <When at={since} inMs={of.sinceInMs} />],
    [of.state === 'ended' ? 'Ended' : 'Ends', sunset ? <When at={sunset} inMs={of.sunsetInMs} /> : 'no day is said'],
  ];
  if (sunset !== undefined) facts.push(['From then on', afterSunset === 'gone' ? 'answered with 410' : 'still served']);
  if (successor !== undefined) facts.push(['Instead', <Successor of={successor} />]);
  if (details !== undefined) facts.push(['Read about it', <Reference to={details} />]);
  return facts;
}

/** A deprecated call, or a whole upstream, by name. */
export function CallName({ of: { upstream, call } }: { readonly of: DeprecatedCallEnding }) {
  return (
    <span>
      <a href={addressOf('upstreams', upstream)}>{upstream}</a>{' '}
      {call === undefined ? 'as a whole' : <code>{call}</code>}
    </span>
  );
}
