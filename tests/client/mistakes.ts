// Each line below `@ts-expect-error` is a mistake that the generated types have to find.
import createClient from "openapi-fetch";
import type { components, paths } from "./api.d.ts";

const client = createClient<paths>({ baseUrl: "" });

// @ts-expect-error: no such collection
await client.POST("/api/notse:create", { body: { text: "" } });
// @ts-expect-error: a collection that this role may not see
await client.GET("/api/labels:list", {});
// @ts-expect-error: an action that only reads
await client.POST("/api/notes:list", {});
// @ts-expect-error: no such field
await client.POST("/api/notes:create", { body: { txt: "" } });
// @ts-expect-error: a field that this role may not set
export const remarked: components["schemas"]["NoteCreate"] = { text: "", remark: "" };
// @ts-expect-error: a number for a text
await client.POST("/api/notes:create", { body: { text: 1 } });
// @ts-expect-error: what is required is missing
await client.POST("/api/notes:create", { body: {} });
// @ts-expect-error: no such button
await client.POST("/api/notes:create", { params: { query: { button: "note.send" } }, body: { text: "" } });
// @ts-expect-error: tasks are not for this role
await client.GET("/api/tasks:list", {});

const notes = await client.GET("/api/notes:list", {});
// @ts-expect-error: an answer may be a refusal
notes.data.data;
// @ts-expect-error: no such field
notes.data?.data.map((it) => it.author);
