import { commonEn, commonZh } from "../i18n/common";
import { talkEn, talkZh } from "../talk/words";
import { accountEn, accountZh } from "./account/words";
import { deskEn, deskZh } from "./desk/words";
import { groupsEn, groupsZh } from "./groups/words";
import { overviewEn, overviewZh } from "./overview/words";
import { rulesEn, rulesZh } from "./rules/words";
import { traceEn, traceZh } from "./trace/words";

/** The words of the frame; each room has its own beside it, under its own name. */
export const zh = {
  ...commonZh,
  ...talkZh,
  console: {
    title: "Weihub 工作台",
    none: "还没有账号请你工作。让掌柜用你的登录名添加你。",
    ways: "工作台导航",
    place: "切换账号",
    me: "{{name}}：语言、外观、退出",
    save: "保存",
    saved: "已保存",
    edit: "修改",
    remove: "删除",
    add: "添加",
    done: "完成",
    more: "加载更多",
    why: "原因",
    asTable: "看数字",
    asPlot: "看图",
    broken: "这个页面出错了。",
    brokenHow: "重新加载后再试；如果还是这样，请把下面的文字发给管理员。",
    reload: "重新加载",
    pictureMustBe: "以 https:// 开头的地址",
    stale: "别人刚刚改过。重新加载后再改。",
  },
  room: { desk: "接待台", rules: "自动回复", groups: "小组", overview: "概览", account: "账号" },
  desk: deskZh,
  rules: rulesZh,
  groups: groupsZh,
  overview: overviewZh,
  account: accountZh,
  trace: traceZh,
};

export const en: typeof zh = {
  ...commonEn,
  ...talkEn,
  console: {
    title: "Weihub console",
    none: "No account has hired you yet. Ask an owner to add your login.",
    ways: "Rooms of the console",
    place: "Account",
    me: "{{name}}: language, appearance, sign out",
    save: "Save",
    saved: "Saved",
    edit: "Edit",
    remove: "Delete",
    add: "Add",
    done: "Done",
    more: "Load more",
    why: "Reason",
    asTable: "As a table",
    asPlot: "As a plot",
    broken: "This page has failed.",
    brokenHow: "Load it again; if it stays so, send the text below to whoever runs the hub.",
    reload: "Load again",
    pictureMustBe: "An address that begins with https://",
    stale: "Somebody has just changed this. Load it again before you change it.",
  },
  room: { desk: "Desk", rules: "Replies", groups: "Groups", overview: "Overview", account: "Account" },
  desk: deskEn,
  rules: rulesEn,
  groups: groupsEn,
  overview: overviewEn,
  account: accountEn,
  trace: traceEn,
};
