/** A text with headings, lists and emphasis, as people write guides. */
import { Fragment } from 'react';
import styles from './Markdown.module.css';
import { type Block, blocksOf, type Inline } from './markdown';

export function Markdown({ text }: { readonly text: string }) {
  return (
    <div className={styles.text}>
      {blocksOf(text).map((block, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: blocks have no names, and never move
        <BlockOf key={index} block={block} />
      ))}
    </div>
  );
}

function BlockOf({ block }: { readonly block: Block }) {
  if (block.kind === 'list') {
    const List = block.isOrdered ? 'ol' : 'ul';
    return (
      <List>
        {block.items.map((words, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: items have no names, and never move
          <li key={index}>
            <Words words={words} />
          </li>
        ))}
      </List>
    );
  }
  const lines = block.lines.map((words, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: lines have no names, and never move
    <Fragment key={index}>
      {index > 0 && <br />}
      <Words words={words} />
    </Fragment>
  ));
  return block.kind === 'heading' ? <h4>{lines}</h4> : <p>{lines}</p>;
}

const ELEMENTS = { strong: 'strong', em: 'em', code: 'code', text: 'span' } as const;

function Words({ words }: { readonly words: readonly Inline[] }) {
  return words.map(({ kind, text }, index) => {
    const Tag = ELEMENTS[kind];
    // biome-ignore lint/suspicious/noArrayIndexKey: words have no names, and never move
    return <Tag key={index}>{text}</Tag>;
  });
}
