import { render } from '@testing-library/react';
import { expect, test, vi } from 'vitest';
import { rich } from './t';

test('a text with elements in it has the keys that React wants', () => {
  const complaints = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const { container } = render(
    <p>
      {rich('Press <b>{key} <i>twice</i></b> to {what}', {
        b: (parts) => <b>{parts}</b>,
        i: (parts) => <i>{parts}</i>,
        key: <kbd>K</kbd>,
        what: 'go on',
      })}
    </p>,
  );
  expect(container.innerHTML).toBe('<p>Press <b><kbd>K</kbd> <i>twice</i></b> to go on</p>');
  expect(complaints).not.toHaveBeenCalled();
  complaints.mockRestore();
});
