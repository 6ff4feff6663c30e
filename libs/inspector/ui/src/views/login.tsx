import { useState } from 'preact/hooks';
import { logIn } from '../server';

/** Asks for the token. */
export function LoginView({ onOpen }: { readonly onOpen: () => void }) {
  const [trouble, setTrouble] = useState('');
  const [isAsking, setAsking] = useState(false);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const token = new FormData(event.currentTarget as HTMLFormElement).get('token') as string;
    setAsking(true);
    logIn(token).then(onOpen, (error: unknown) => {
      setTrouble((error as Error).message);
      setAsking(false);
    });
  };
  return (
    <section class="panel login" aria-labelledby="login">
      <h1 id="login">Who looks in?</h1>
      <p class="quiet">
        This inspector wants to know its token: what <code>INSPECTOR_TOKEN</code> says.
      </p>
      <form onSubmit={submit}>
        <label>
          Token
          <input
            type="password"
            name="token"
            required
            autoComplete="current-password"
            aria-describedby="login-trouble"
          />
        </label>
        <p id="login-trouble" class="trouble" role="alert">
          {trouble}
        </p>
        <button type="submit" disabled={isAsking}>
          Look in
        </button>
      </form>
    </section>
  );
}
