/** Inter, bundled with the application: no request leaves the origin. */
import '@fontsource/inter/400.css';
import '@fontsource/inter/500.css';
import '@fontsource/inter/600.css';
