import type { ComponentChildren, VNode } from 'preact';
import { useContext, useEffect, useRef } from 'preact/hooks';
import { createContext } from 'preact';

/** Whether the title takes the focus when it appears: after the visitor went somewhere, never at the first load. */
export const TakesFocus = createContext(false);

interface PageTitleProps {
  readonly class?: string;
  readonly children: ComponentChildren;
}

/** The page's only `h1`. A keyboard or a screen reader that followed a link goes on from here. */
export function PageTitle({ class: className = '', children }: PageTitleProps): VNode {
  const heading = useRef<HTMLHeadingElement>(null);
  const takesFocus = useContext(TakesFocus);
  useEffect(() => {
    if (takesFocus) heading.current?.focus({ preventScroll: true });
  }, [takesFocus]);
  return (
    <h1 ref={heading} class={className} tabIndex={-1}>
      {children}
    </h1>
  );
}
