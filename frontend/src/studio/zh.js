// What the editors say, in Chinese, where the library's own list says nothing.
export default {
  // our own group and lists
  'Names, stage and law': '名称、阶段与依据', 'Name in English': '英文名称', 'Name in Chinese': '中文名称', 'Stage of the case': '所属阶段', 'Legal basis': '法律依据',
  'Told in English': '英文记述', 'Told in Chinese': '中文记述', 'The sentence in the history of the case': '项目办理记录中的表述',
  'Procedures it may call': '可调用的流程', 'Their ids, separated by commas. Each is checked.': '以英文逗号分隔各流程 ID，逐一检查。',
  'For example O87 39 (Order 87, article 39)': '例如 O87 39（87号令第三十九条）', 'Not the same person as': '不得为同一人', 'The person who did that task cannot do this one.': '办理过该任务的人不得办理本任务。',
  'Form': '表单', 'Role': '角色', 'Decision': '决策', 'Process': '流程', '<none>': '（无）',
  // the canvas by keyboard
  'Diagram': '流程图', 'next, previous': '下一个、上一个', 'properties': '属性', 'append': '追加', 'connect': '连接', 'make room': '腾出空间', 'select more': '多选', 'move': '移动', 'delete': '删除', 'undo': '撤销',
  'Make room': '腾出空间', 'Select another element too': '再选一个步骤', 'Select an element first.': '请先选择一个步骤。', 'Deleted': '已删除', 'Undone': '已撤销', 'Redone': '已重做', 'To the right of it': '在其右侧', 'To the left of it': '在其左侧', 'Below it': '在其下方', 'Above it': '在其上方',
  // the panel
  'General': '常规', 'Documentation': '说明', 'Element documentation': '步骤说明', 'Process documentation': '流程说明', 'Name': '名称', 'ID': '标识', 'Participant ID': '泳池标识', 'Participant name': '泳池名称', 'Process ID': '流程标识',
  'Process name': '流程名称', 'Executable': '可执行', 'Version tag': '版本标签', 'Template': '模板', 'Templates': '模板', 'Select': '选择', 'Applied': '已应用', 'Not found': '未找到', 'Unlink': '解除关联', 'Update': '更新', 'Update available': '有新版本',
  'Remove': '移除', 'Choose element template': '选择步骤模板', 'Custom properties': '自定义属性', 'Create': '新建', 'Create new item': '新建一项', 'Delete item': '删除此项', 'Toggle section': '展开或收起', 'Toggle list item': '展开或收起此项',
  'Section contains data': '此组有内容', 'Section contains edits': '此组已修改', 'Section contains an error': '此组有错误', 'List contains {numOfItems} items': '共 {numOfItems} 项', 'List contains 1 item': '共 1 项',
  'Assignment': '分派', 'Assignee': '办理人', 'Candidate groups': '候选角色', 'Candidate users': '候选人', 'Due date': '到期时间', 'Follow up date': '跟进时间', 'Priority': '优先级',
  'Input mapping': '输入映射', 'Output mapping': '输出映射', 'Inputs': '输入', 'Outputs': '输出', 'Local variable name': '局部变量名', 'Variable assignment value': '变量取值', 'Process variable name': '流程变量名',
  'Headers': '静态参数', 'Header': '参数', 'Key': '键', 'Value': '值', 'Task definition': '服务操作', 'Job type': '操作名称', 'Type': '类型', 'Retries': '重试次数', 'Result variable': '结果变量', 'Implementation': '实现方式',
  'Called decision': '调用的决策', 'Decision ID': '决策标识', 'Called element': '调用的流程', 'Binding': '版本绑定', 'latest': '最新版本', 'deployment': '同一部署', 'version tag': '版本标签', 'Script': '脚本', 'FEEL expression': 'FEEL 表达式',
  'Multi-instance': '多实例', 'Input collection': '输入集合', 'Input element': '输入元素', 'Output collection': '输出集合', 'Output element': '输出元素', 'Completion condition': '完成条件', 'Completion': '完成', 'Active elements': '活动步骤',
  'Condition': '条件', 'Condition expression': '条件表达式', 'Timer': '定时器', 'Date': '日期', 'Duration': '时长', 'Cycle': '周期', 'Message': '消息', 'Global message reference': '全局消息', 'Subscription correlation key': '订阅关联键',
  'Signal': '信号', 'Global signal reference': '全局信号', 'Error': '错误', 'Global error reference': '全局错误', 'Code': '代码', 'Escalation': '升级', 'Global escalation reference': '全局升级', 'Compensation': '补偿', 'Activity reference': '活动',
  'Wait for completion': '等待完成', 'Link': '链接', 'Execution listeners': '执行监听器', 'Task listeners': '任务监听器', 'Extension properties': '扩展属性', 'Off': '关', 'On': '开', 'Propagate all child process variables': '传回子流程的全部变量',
  'Propagate all parent process variables': '传入父流程的全部变量', 'Output propagation': '输出传递', 'Input propagation': '输入传递', 'If turned on, all variables from the child process instance will be propagated to the parent process instance.': '打开后，子流程的全部变量都会传回父流程。',
  'Otherwise, only variables defined via output mappings will be propagated.': '否则只传回输出映射中的变量。', 'How to configure a timer': '如何设置定时器', 'Timer documentation': '定时器说明',
  'A specific point in time defined as ISO 8601 combined date and time representation.': '以 ISO 8601 日期时间表示的时间点。', 'UTC time': '协调世界时', 'UTC plus 2 hours zone offset': '东二区时间',
  'A time duration defined as ISO 8601 durations format.': '以 ISO 8601 表示的时长。', 'A cycle defined as ISO 8601 repeating intervals format, or a cron expression.': '以 ISO 8601 表示的重复间隔。', '15 seconds': '15 秒', '1 hour and 30 minutes': '1 小时 30 分', '14 days': '14 天',
  'every 5 seconds, up to 5 times': '每 5 秒一次，最多 5 次', 'every day': '每天一次', '{label} must not be empty.': '{label}不能为空。', 'Variable name': '变量名', 'Variable value': '变量值', 'Open FEEL editor': '打开表达式编辑器', 'Opens FEEL expression editor': '打开表达式编辑器',
  'Learn FEEL expressions': '了解 FEEL 表达式', 'Text': '文本', 'Set': '设置', 'Annotation': '注释', 'Annotations': '注释', 'Color': '颜色', 'Data object': '数据对象', 'Data store': '数据存储', 'Group': '分组', 'Category value': '类别',
  // kinds of elements, as the panel's head writes them
  'Collaboration': '协作图', 'Participant': '泳池', 'Lane': '泳道', 'User Task': '用户任务', 'Service Task': '服务任务', 'Business Rule Task': '业务规则任务', 'Script Task': '脚本任务', 'Send Task': '发送任务', 'Receive Task': '接收任务', 'Manual Task': '手工任务', 'Task': '任务',
  'Call Activity': '调用活动', 'Sub Process': '子流程', 'Sub-process': '子流程', 'Event Sub Process': '事件子流程', 'Event sub-process': '事件子流程', 'Transaction': '事务', 'Start Event': '开始事件', 'End Event': '结束事件', 'Intermediate Throw Event': '中间抛出事件', 'Intermediate Catch Event': '中间捕获事件', 'Boundary Event': '边界事件', 'Boundary event': '边界事件',
  'Timer Start Event': '定时开始事件', 'Timer Boundary Event': '定时边界事件', 'Timer Intermediate Catch Event': '定时中间事件', 'Message Start Event': '消息开始事件', 'Message Boundary Event': '消息边界事件', 'Message Intermediate Catch Event': '消息捕获事件', 'Message Intermediate Throw Event': '消息抛出事件',
  'Message End Event': '消息结束事件', 'Signal Start Event': '信号开始事件', 'Signal Boundary Event': '信号边界事件', 'Signal End Event': '信号结束事件', 'Signal Intermediate Catch Event': '信号捕获事件', 'Signal Intermediate Throw Event': '信号抛出事件', 'Error Boundary Event': '错误边界事件', 'Error End Event': '错误结束事件',
  'Escalation Boundary Event': '升级边界事件', 'Escalation End Event': '升级结束事件', 'Terminate End Event': '终止结束事件', 'Compensation Boundary Event': '补偿边界事件', 'Conditional Boundary Event': '条件边界事件', 'Conditional Intermediate Catch Event': '条件捕获事件',
  'Exclusive Gateway': '排他网关', 'Parallel Gateway': '并行网关', 'Inclusive Gateway': '包容网关', 'Event Based Gateway': '事件网关', 'Sequence Flow': '顺序流', 'Conditional Flow': '条件流', 'Default Flow': '默认流', 'Message Flow': '消息流', 'Association': '关联', 'Text Annotation': '文本注释', 'Data Object Reference': '数据对象', 'Data Store Reference': '数据存储',
  // menus
  'Append element': '追加步骤', 'Create element': '新建步骤', 'Change element': '更改类型', 'Tasks': '任务', 'Events': '事件', 'Gateways': '网关', 'Sub-processes': '子流程', 'Data': '数据', 'Participants': '参与方', 'Expanded pool/participant': '展开的泳池', 'Empty pool/participant': '空泳池',
  'Sub-process (collapsed)': '子流程（折叠）', 'Sub-process (expanded)': '子流程（展开）', 'Toggle non-interrupting': '切换为非中断', 'Search': '查找', 'Search in diagram': '在图中查找', 'Open minimap': '打开缩略图', 'Close minimap': '收起缩略图', 'Append {type}': '追加{type}', 'Create {type}': '新建{type}', 'No matching elements found': '没有符合的内容', 'Nothing found': '没有符合的内容', 'Align elements': '对齐', 'Distribute elements': '分布', 'Delete': '删除', 'Append': '追加', 'Connect to other element': '连接到其他步骤',
  // decisions
  'View DRD': '查看决策图', 'Hit policy': '命中策略', 'Hit policy:': '命中策略：', 'Unique': '唯一', 'First': '首条', 'Any': '任一', 'Priority order': '优先', 'Collect': '汇集', 'Collect (Sum)': '汇集（求和）', 'Collect (Min)': '汇集（最小）', 'Collect (Max)': '汇集（最大）', 'Collect (Count)': '汇集（计数）', 'Rule order': '规则顺序', 'Output order': '输出顺序',
  'Rules may overlap. The first matching rule will be chosen': '规则可以重叠，取第一条符合的规则', 'No overlap is possible and all rules are disjoint. Only a single rule can be matched': '规则互不重叠，只会有一条规则符合', 'Collects the values of all matching rules': '汇集所有符合规则的结果',
  'When': '当', 'And': '且', 'Then': '则', 'Input': '输入', 'Output': '输出', 'Input label: ': '输入名称：', 'Output label: ': '输出名称：', 'Input type': '输入类型', 'Output type': '输出类型', 'Input values': '允许的输入值', 'Output values': '允许的输出值', 'Add input': '添加输入', 'Add output': '添加输出', 'Add rule': '添加规则', 'Add rule above': '在上方添加规则', 'Add rule below': '在下方添加规则',
  'Remove rule': '删除规则', 'Copy rule': '复制规则', 'Cut rule': '剪切规则', 'Paste rule above': '粘贴到上方', 'Paste rule below': '粘贴到下方', 'Move rule': '移动规则', 'Add cell description': '添加单元格说明', 'Remove cell description': '删除单元格说明', 'Edit': '编辑', 'Edit input': '编辑输入', 'Edit output': '编辑输出', 'Resize': '调整宽度', 'Expression': '表达式', 'Expression language': '表达式语言', 'Input expression': '输入表达式', 'Output name': '输出变量名',
  'Add input left': '在左侧添加输入', 'Add input right': '在右侧添加输入', 'Add output left': '在左侧添加输出', 'Add output right': '在右侧添加输出', 'Remove input': '删除输入', 'Remove output': '删除输出', 'Decision name': '决策名称', 'Decision name: ': '决策名称：', 'Definition name': '文件名称', 'Definition ID': '文件标识', 'Open decision table': '打开决策表', 'Open literal expression': '打开表达式',
  'Create decision': '新建决策', 'Create input data': '新建输入数据', 'Create knowledge model': '新建知识模型', 'Create knowledge source': '新建知识来源', 'Decision table': '决策表', 'Literal expression': '文字表达式', 'Empty': '空', 'Add predefined values': '添加预设值', 'Add values': '添加值', 'Predefined values': '预设值',
  'string': '文本', 'boolean': '是否', 'number': '数字', 'date': '日期', 'time': '时间', 'dateTime': '日期时间', 'dayTimeDuration': '时长', 'yearMonthDuration': '年月时长'
};
