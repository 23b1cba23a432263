/** Which part of a list to read, in the order of ids. */
export interface PageRequest {
  /** At most so many. */
  limit: number;
  /** Only those after this id. */
  after?: string;
}
