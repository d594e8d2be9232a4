/** A DICOM header as a table: searched by anything, sequences folded, values copied. */
import { CopyButton, Group, TextInput, UnstyledButton } from '@mantine/core';
import { IconCheck, IconChevronDown, IconChevronRight, IconCopy } from '@tabler/icons-react';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { t } from '../words/t';
import { type Column, DataTable } from './DataTable';
import { EmptyState } from './EmptyState';
import styles from './TagTable.module.css';
import { asText, shownRows, type Tag } from './tagRows';

interface Props {
  rows: readonly Tag[];
  height: string;
}

export function TagTable({ rows, height }: Props) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const [search, setSearch] = useState('');
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const [activeId, setActive] = useState<string | null>(null);
  const shown = useMemo(() => shownRows(rows, search, folded), [rows, search, folded]);
  const toggle = (row: Tag) => {
    setActive(row.path);
    if (!isFoldable(row)) return;
    const next = new Set(folded);
    if (!next.delete(row.path)) next.add(row.path);
    setFolded(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const at = shown.findIndex((row) => row.path === activeId);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const current = shown[at];
    if (step) setActive(shown[Math.max(0, Math.min(shown.length - 1, at + step))]?.path ?? null);
    else if (event.key === 'Enter' && current) {
      if (isFoldable(current)) toggle(current);
      else void navigator.clipboard?.writeText(current.value);
    } else return;
    event.preventDefault();
  };
  return (
    <>
      <Group mb="xs" gap="sm" wrap="nowrap">
        <TextInput
          aria-label={t('Find a tag')}
          placeholder={t('Find a tag, name or value; ↑ ↓ move, Enter folds or copies')}
          flex={1}
          ref={field}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <CopyValue text={asText(shown)} what={t('all rows shown')} />
      </Group>
      <DataTable
        label={t('Tags')}
        rows={shown}
        columns={columnsWith(folded)}
        rowId={pathOf}
        activeId={activeId}
        onOpen={toggle}
        height={height}
        isDense
        empty={<EmptyState title={t('No tag is like this')} />}
      />
    </>
  );
}

const pathOf = (row: Tag) => row.path;
const isFoldable = (row: Tag) => row.vr === 'SQ' || row.vr === '';

const columnsWith = (folded: ReadonlySet<string>): Column<Tag>[] => [
  {
    key: 'tag',
    title: t('Tag'),
    width: 168,
    render: (row) => (
      <span className={styles.tag} style={{ paddingLeft: row.depth * 10 }} title={row.path}>
        {isFoldable(row) && <Fold isFolded={folded.has(row.path)} />}
        {row.tag || row.keyword}
      </span>
    ),
  },
  {
    key: 'keyword',
    title: t('Name'),
    render: (row) => (
      <span className={styles.name} title={row.keyword}>
        {row.tag ? row.keyword : ''}
      </span>
    ),
  },
  { key: 'vr', title: 'VR', width: 38, render: (row) => row.vr },
  {
    key: 'value',
    title: t('Value'),
    render: (row) => (
      <span className={styles.value} title={row.value}>
        {row.value}
      </span>
    ),
  },
  {
    key: 'copy',
    title: '',
    width: 32,
    render: (row) => row.value !== '' && <CopyValue text={row.value} what={row.keyword} />,
  },
];

function Fold({ isFolded }: { isFolded: boolean }) {
  const Icon = isFolded ? IconChevronRight : IconChevronDown;
  return <Icon size={12} aria-label={isFolded ? t('folded') : t('unfolded')} />;
}

function CopyValue({ text, what }: { text: string; what: string }) {
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <UnstyledButton
          className={styles.copy}
          aria-label={t('Copy {what}', { what })}
          title={t('Copy {what}', { what })}
          onClick={(event) => {
            event.stopPropagation();
            copy();
          }}
        >
          {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
        </UnstyledButton>
      )}
    </CopyButton>
  );
}
