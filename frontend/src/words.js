// The sentences that scripts say, in the page's language (<html lang>).
const zh = {
  'Draft saved {time}': '草稿已保存 {time}',
  'Saving…': '正在保存……',
  'Not saved yet': '尚未保存',
  'Could not save. What you typed is still here.': '未能保存，您填写的内容仍在此页。',
  'Someone has changed this since you opened it. Copy what you need and reload the page.':
    '您打开本页后内容已被他人修改。请先复制所需内容，再重新载入页面。',
  'Your session has ended': '登录已失效',
  'Your session has ended. What you typed is still here.': '登录已失效，您填写的内容仍在此页。',
  'What you entered is still here. Sign in in a new tab and come back to continue.':
    '您填写的内容仍在此页。请在新标签页登录后返回，即可继续。',
  'Sign in in a new tab': '在新标签页登录',
  'Sign in and continue': '登录并继续',
  'You signed in as someone else. Sign in as the person who opened this page.':
    '您以其他身份登录。请以打开本页的人员身份登录。',
  'Do you want to stay signed in?': '是否保持登录？',
  'You will be signed out in {n} minutes. What you typed is kept.': '您将在{n}分钟后自动退出登录，已填写的内容会保留。',
  'Stay signed in': '保持登录',
  'There is no connection. Nothing was sent. What you entered is still here. Send it again when you are connected.':
    '网络未连接，内容尚未提交，您填写的内容仍在此页。网络恢复后请重新提交。',
  'You typed something here at {time} that was not sent.': '您于{time}在此填写的内容尚未提交。',
  'Restore it': '恢复内容',
  'Discard it': '放弃',
  Copied: '已复制',
  'Sending…': '正在提交……',
  'Uploading {name}: {percent}%': '正在上传 {name}：{percent}%',
  Uploaded: '已上传',
  'Upload of {name} failed. Try again.': '{name} 上传失败，请重试。',
  'Could not remove {name}. Try again.': '{name} 移除失败，请重试。',
  'Try again': '重试',
  Remove: '移除',
  '{d} days {h} h': '{d} 天 {h} 小时',
  '1 day {h} h': '1 天 {h} 小时',
  '{h} h {m} min': '{h} 小时 {m} 分',
  '{m} min {s} s': '{m} 分 {s} 秒',
  'The time has ended': '已截止',
  Continue: '继续',
  Cancel: '取消',
  'Are you sure?': '确定吗？',
  'Not checked yet': '尚未检查',
  'No findings': '检查通过，没有问题',
  '{n} errors': '{n} 个错误',
  '1 error': '1 个错误',
  '{n} warnings': '{n} 个警告',
  '1 warning': '1 个警告',
  'Checking…': '正在检查……',
  Error: '错误',
  Warning: '警告',
  Close: '关闭',
  'The whole diagram': '整张图',
  'The diagram could not be loaded.': '无法载入流程图。',
  'Parts of this file are not understood and would be lost by saving:': '文件中有无法识别的内容，保存后将丢失：',
  'Save anyway': '仍然保存',
  'Current position': '当前所在',
  'Waiting for a person': '等待人员办理',
  'Waiting for a time': '等待到期',
  'Waiting for a message': '等待消息',
  'Stopped by an incident': '因异常停止',
  Running: '进行中',
  Done: '已完成',
  Start: '开始',
  End: '结束',
  Event: '事件',
  'Whatever comes first': '先发生者',
  'Fork or join': '分支或汇合',
  'Opens a called process': '打开被调用的流程',
  State: '状态',
  'Zoom in': '放大',
  'Zoom out': '缩小',
  'Show all': '显示全图',
  'Not reached yet': '尚未执行到此处',
  'Legal basis': '依据',
  'Done by': '办理方'
};

export const language = document.documentElement.lang.startsWith('zh') ? 'zh' : 'en';

/** The sentence in the page's language, its {places} filled from `values`. */
export function say(sentence, values = {}) {
  const text = language === 'zh' ? (zh[sentence] ?? sentence) : sentence;
  return text.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

/** "2 errors, 1 warning", or that there is nothing. */
export function countFindings(findings) {
  const errors = findings.filter(one => one.level === 'error').length,
    warnings = findings.length - errors;
  const words = [
    errors && say(errors === 1 ? '1 error' : '{n} errors', { n: errors }),
    warnings && say(warnings === 1 ? '1 warning' : '{n} warnings', { n: warnings })
  ];
  return words.filter(Boolean).join(language === 'zh' ? '，' : ', ') || say('No findings');
}

const locale = language === 'zh' ? 'zh-CN' : 'en-GB';

/**
 * Hours and minutes of the day at the place (<html data-zone>), wherever the browser is, as the page's language
 * writes them.
 */
export const clockTime = date =>
  date.toLocaleTimeString(locale, {
    hour: '2-digit',
    minute: '2-digit',
    timeZone: document.documentElement.dataset.zone
  });

/**
 * A day, or a day and time, as a field holds it ("2026-03-04", "2026-03-04T09:30") in words: "Wednesday 4 March
 * 2026, 09:30".
 */
export function dayInWords(value) {
  const date = new Date(value.length > 10 ? value : `${value}T00:00`);
  if (Number.isNaN(date.getTime())) return '';
  const said = date
    .toLocaleDateString(locale, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })
    .replace(',', '');
  return value.length > 10 ? `${said}${language === 'zh' ? ' ' : ', '}${value.slice(11, 16)}` : said;
}
