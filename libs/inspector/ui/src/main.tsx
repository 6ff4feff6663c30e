import { render } from 'preact';
import { App } from './app';
import { followLinks } from './location';
import { applyTheme } from './theme';
import './styles/index.css';

const root = document.getElementById('app');
if (root === null) throw new Error('index.html has no element #app');
applyTheme();
followLinks();
render(<App />, root);
