export { LicenceLine } from './licence-line.tsx';
export { Badge, Card, Check, Field, GoodBox, Meter, Page, ProblemBox, Select, Table } from './parts.tsx';
