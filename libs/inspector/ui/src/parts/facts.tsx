import type { ComponentChildren } from 'preact';

/** Names and values, side by side. */
export function Facts({ of }: { readonly of: readonly (readonly [string, ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {of.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** What stands where there is nothing to show yet. */
export function Blank({
  trouble,
  children,
}: {
  readonly trouble?: string | undefined;
  readonly children?: ComponentChildren;
}) {
  return (
    <p class={trouble === undefined ? 'blank' : 'blank trouble'} role={trouble === undefined ? undefined : 'alert'}>
      {trouble ?? children ?? 'Loading …'}
    </p>
  );
}
