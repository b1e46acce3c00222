import { actsEn, actsZh } from "./words.acts";
import { appealsEn, appealsZh } from "./words.appeals";
import { casesEn, casesZh } from "./words.cases";
import { filtersEn, filtersZh } from "./words.filters";
import { settingsEn, settingsZh } from "./words.settings";
import { statsEn, statsZh } from "./words.stats";
import { testsEn, testsZh } from "./words.tests";
import { tempoEn, tempoZh } from "./words.tempo";

export const groupsZh = {
  title: "小组",
  all: "全部小组",
  views: "小组的各个页面",
  viewsOf: "{{name}}的各个页面",
  view: {
    list: "小组",
    chat: "聊天",
    members: "成员",
    requests: "入组申请",
    sanctions: "处罚",
    order: "秩序",
    cases: "处理台",
    appeals: "申诉",
    filters: "敏感词",
    hits: "命中记录",
    held: "待审消息",
    stats: "统计",
    log: "记录",
    settings: "设置",
  },
  dissolved: "这个小组已经解散。记录保留 30 天。",
  ...settingsZh,
  ...actsZh,
  ...casesZh,
  appeals: appealsZh,
  tempo: tempoZh,
  filters: filtersZh,
  ...testsZh,
  stats: statsZh,
};

export const groupsEn: typeof groupsZh = {
  title: "Groups",
  all: "All groups",
  views: "Pages of groups",
  viewsOf: "Pages of {{name}}",
  view: {
    list: "Groups",
    chat: "Chat",
    members: "Members",
    requests: "Requests",
    sanctions: "Sanctions",
    order: "Order",
    cases: "Workbench",
    appeals: "Appeals",
    filters: "Word lists",
    hits: "Hits",
    held: "Held",
    stats: "Statistics",
    log: "Log",
    settings: "Settings",
  },
  dissolved: "This group is dissolved. Its history is kept for 30 days.",
  ...settingsEn,
  ...actsEn,
  ...casesEn,
  appeals: appealsEn,
  tempo: tempoEn,
  filters: filtersEn,
  ...testsEn,
  stats: statsEn,
};
