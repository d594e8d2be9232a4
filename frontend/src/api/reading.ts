/** The JSON shapes of one read: the case, its annotations, and what is saved. */
import type { LabelSchema } from './projects';

export interface AnswerContent {
  label_keys: string[];
}

export interface MarkContent {
  label_key: string;
  sop_instance_uid: string;
  /** Counts from 1. */
  frame_number: number;
  /** Image coordinates; (0, 0) is the corner of the first pixel. */
  points: [number, number][];
}

export type AnnotationKind = 'answer' | 'box' | 'polygon' | 'length';

export interface Revision {
  id: string;
  number: number;
  parent_id: string | null;
  is_deleted: boolean;
  content: AnswerContent | MarkContent;
  created_at: string;
}

export interface Annotation {
  id: string;
  kind: AnnotationKind;
  revision: Revision;
}

export interface ReadingCase {
  read: {
    id: string;
    task_id: string;
    state: string;
    fence: number;
    lease_until: string | null;
    active_ms: number;
    submitted_at: string | null;
  };
  project_id: string;
  study: {
    id: string;
    study_uid: string;
    pseudonym: string;
    modality: string;
    body_part: string | null;
    sex: string | null;
    age_years: number | null;
  };
  label_schema: LabelSchema;
  annotations: Annotation[];
  reason: { arm_label: string; text: string } | null;
  suggestion: {
    id: string;
    probabilities: Record<string, number>;
    label_key: string;
    model_number: number;
  } | null;
  guideline: string;
  position: { number: number; count: number };
  review: { verdict: string; comment: string } | null;
}

export interface AnnotationSave {
  annotation_id: string;
  kind: AnnotationKind;
  parent_id: string | null;
  is_deleted: boolean;
  content: AnswerContent | MarkContent;
  fence: number;
  active_ms: number;
  suggestion_id?: string;
  reason?: string;
}

export interface SubmitReply {
  submission_id: string;
  next: ReadingCase | null;
}
