/** The JSON shapes of one read: the case, its annotations, and what is saved. */
import type { components } from './schema';

type Schemas = components['schemas'];

export type AnswerContent = Schemas['AnswerContent'];

/** Points are image coordinates; (0, 0) is the corner of the first pixel. */
export type MarkContent = Schemas['MarkContent'];

/** A mark on a plane through a series: places in the patient (LPS, mm). */
export type SpaceMarkContent = Schemas['SpaceMarkContent'];

/** A segment on one frame; runs are pixels outside and inside in turn, row by row. */
export type SegmentContent = Schemas['SegmentContent'];

/** Answers to the attributes of one target, by key. */
export type AttributesContent = Schemas['AttributesContent'];

export type AttributeValue = AttributesContent['values'][string];

/** What becomes of the case: left out or not and why, and how good its images are. */
export type OutcomeContent = Schemas['OutcomeContent'];

/** Whether the reader rejects one suggestion. */
export type RejectionContent = Schemas['RejectionContent'];

export type Annotation = Schemas['AnnotationOut'];
export type AnnotationKind = Annotation['kind'];
export type Revision = Schemas['RevisionOut'];
export type ReadingCase = Schemas['ReadingCase'];
export type EarlierStudy = Schemas['EarlierStudy'];
export type AnnotationSave = Schemas['AnnotationIn'];
export type DrawnSuggestion = Schemas['SuggestionOut'];

/** What a model of masks or boxes would draw on one frame. */
export type SuggestedFrame = Schemas['SuggestedFrame'];
export type SubmitReply = Schemas['SubmitOut'];
