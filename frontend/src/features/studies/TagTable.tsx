/** The tags of one image as they are stored. */
import { TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Tag, tagsQuery } from '../../api/studies';
import { type Column, DataTable } from '../../ui/DataTable';
import { Loaded } from '../../ui/Loaded';

const COLUMNS: Column<Tag>[] = [
  { key: 'tag', title: 'Tag', width: 130, render: (row) => row.tag },
  {
    key: 'keyword',
    title: 'Name',
    render: (row) => <span title={row.keyword}>{row.keyword}</span>,
  },
  { key: 'vr', title: 'VR', width: 40, render: (row) => row.vr },
  {
    key: 'value',
    title: 'Value',
    render: (row) => <span title={String(row.value)}>{String(row.value)}</span>,
  },
];

interface Props {
  studyId: string;
  sopInstanceUid: string;
}

export function TagTable({ studyId, sopInstanceUid }: Props) {
  const tags = useQuery(tagsQuery(studyId, sopInstanceUid));
  const [search, setSearch] = useState('');
  const wanted = search.trim().toLowerCase();
  const matches = (tag: Tag) =>
    `${tag.tag} ${tag.keyword} ${String(tag.value)}`.toLowerCase().includes(wanted);
  return (
    <>
      <TextInput
        aria-label="Find a tag"
        placeholder="Find a tag"
        mb="sm"
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      <Loaded of={tags}>
        {(rows) => (
          <DataTable
            label="Tags"
            rows={rows.filter(matches)}
            columns={COLUMNS}
            rowId={(row) => row.tag}
            height="420px"
            isDense
          />
        )}
      </Loaded>
    </>
  );
}
