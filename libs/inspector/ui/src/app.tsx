import type { FunctionComponent } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { live } from './live';
import { usePlace } from './location';
import { Head } from './parts/head';
import { locked, useRead } from './use-read';
import { ConfigurationView } from './views/configuration';
import { ExecutionsView } from './views/executions';
import { LimitsView } from './views/limits';
import { LoginView } from './views/login';
import { PagesView } from './views/pages';
import { RetirementView } from './views/retirement';
import { RoutesView } from './views/routes';
import { TryView } from './views/try-it';
import { UpstreamsView } from './views/upstreams';

/** The views, in the order of the menu. */
export const VIEWS: Readonly<Record<string, { readonly title: string; readonly view: FunctionComponent }>> = {
  pages: { title: 'Pages', view: PagesView },
  executions: { title: 'Executions', view: ExecutionsView },
  routes: { title: 'Routes', view: RoutesView },
  upstreams: { title: 'Upstreams', view: UpstreamsView },
  retirement: { title: 'Retirement', view: RetirementView },
  limits: { title: 'Limits', view: LimitsView },
  configuration: { title: 'Configuration', view: ConfigurationView },
  try: { title: 'Try it', view: TryView },
};

/** The whole inspector. */
export function App() {
  const place = usePlace();
  const app = useRead('app');
  const [isLocked, setIsLocked] = useState(false);
  const name = Object.hasOwn(VIEWS, place.view) ? place.view : 'pages';
  const { title, view: View } = VIEWS[name]!;

  useEffect(() => {
    const lock = () => {
      live.pause();
      setIsLocked(true);
    };
    locked.addEventListener('locked', lock);
    return () => locked.removeEventListener('locked', lock);
  }, []);
  useEffect(() => {
    if (app.value !== undefined) live.start();
  }, [app.value !== undefined]);
  useEffect(() => {
    document.title = `${isLocked ? 'Log in' : title} · ${app.value?.name ?? 'Inspector'} · Guichet`;
  }, [title, app.value, isLocked]);

  const main = useRef<HTMLElement>(null);
  const before = useRef(name);
  useEffect(() => {
    // Who goes to another view by keyboard is at its beginning.
    if (before.current !== name) main.current?.focus();
    before.current = name;
  }, [name]);

  const opened = () => {
    setIsLocked(false);
    app.again();
    live.start();
  };
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <Head app={app.value} views={VIEWS} current={name} isLocked={isLocked} onLocked={() => setIsLocked(true)} />
      <main id="main" tabIndex={-1} ref={main}>
        {isLocked ? <LoginView onOpen={opened} /> : <View />}
      </main>
      <footer>
        {app.value === undefined ? (
          (app.trouble ?? '…')
        ) : (
          <>
            Guichet inspector · Node {app.value.node} · up since{' '}
            {new Date(app.value.startedAtEpochMs).toLocaleString('en-GB')}
          </>
        )}
      </footer>
    </>
  );
}
