// What a person does whose task it is to read a note.
import createClient from "openapi-fetch";
import type { paths } from "./api.d.ts";

declare const process: { argv: string[] };
const [, , baseUrl = "", token = ""] = process.argv;
const client = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });

const inbox = await client.GET("/api/tasks:list", {});
if (inbox.error) throw new Error(JSON.stringify(inbox.error));
const [task] = inbox.data.data;
if (!task?.id) throw new Error("nothing to do");

const decided = await client.POST("/api/tasks:submit", {
    params: { query: { filterByTk: task.id } },
    body: { decision: "approved", comment: "Read." },
});
if (decided.error) throw new Error(JSON.stringify(decided.error));

console.log(JSON.stringify({
    titles: inbox.data.data.map((it) => it.title),
    status: decided.data.data.status,
}));
