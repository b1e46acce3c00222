/** Guards that count what members do. */
export const tempoZh = {
  limits: "{{least}} 到 {{most}}",
  limitsNever: "{{least}} 到 {{most}}，0 为不管",
  guarded: "有人大量涌入：{{at}} 之前，新来的人都要管理员同意才能加入。修改下面的“防涌入”会提前结束。",
  flood: {
    title: "防刷屏",
    on: "限制发言太快的人",
    says: "发得太快的消息会被挡下；一小时内一再刷屏的人由系统禁言。",
    messages: "最多条数",
    seconds: "多少秒内",
    mute_after: "第几次刷屏就禁言",
    mute_s: "禁言多少秒",
  },
  repeat: {
    title: "防重复",
    on: "拦下一再重复的内容",
    says: "同一个人，或几个新人一起，反复发同样的话时，消息先待审。",
    messages: "一人最多条数",
    newcomers: "新人合计最多条数",
    seconds: "多少秒内",
    minutes: "加入多少分钟内算新人",
  },
  raid: {
    title: "防涌入",
    on: "突然涌入时改为申请加入",
    says: "短时间内加入的人太多时，之后来的人要管理员同意，到时自动恢复。",
    joins: "最多人数",
    seconds: "多少秒内",
    minutes: "之后多少分钟要同意",
  },
};

export const tempoEn: typeof tempoZh = {
  limits: "{{least}} to {{most}}",
  limitsNever: "{{least}} to {{most}}; 0 for never",
  guarded:
    "Many came at once: until {{at}} whoever comes has to be let in. Changing what a raid is, below, ends it sooner.",
  flood: {
    title: "Floods",
    on: "Slow down who writes too fast",
    says: "What comes too fast is refused; who floods again and again within an hour is muted by the hub.",
    messages: "Most messages",
    seconds: "Within seconds",
    mute_after: "Mute at which flood",
    mute_s: "Muted for seconds",
  },
  repeat: {
    title: "Repeated text",
    on: "Hold what is said again and again",
    says: "The same words many times, of one member or of newcomers together, wait for a moderator.",
    messages: "Most of one member",
    newcomers: "Most of newcomers together",
    seconds: "Within seconds",
    minutes: "Newcomers for minutes",
  },
  raid: {
    title: "Raids",
    on: "Let people in one by one when many come at once",
    says: "When too many come in a short time, those who come next have to be let in; it ends by itself.",
    joins: "Most who come",
    seconds: "Within seconds",
    minutes: "Let in for minutes",
  },
};
