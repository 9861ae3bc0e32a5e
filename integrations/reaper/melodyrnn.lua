-- Has melodyrnn work on the selected MIDI item; what it makes lands in a new take of the item.
--
-- Needs a running `melodyrnn studio` on this machine and `curl` (part of Windows 10, macOS and most Linux systems).
-- Load it once (Actions > Show action list > New action > Load ReaScript), then select a MIDI item and run it.
--
-- Units: positions in an item are PPQ ticks of its take from the start of the item; a document has the same ticks.

local VERBS = { vary = true, infill = true, continue = true, ending = true, accompany = true, generate = true }
local TIMEOUT = 60000 -- milliseconds that a call may take

local function fail(message)
  error({ line = message }, 0)
end

local function read(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read("a")
  file:close()
  return text
end

local function write(path, text)
  local file, why = io.open(path, "wb")
  if not file then fail("a file must be writable. Received: " .. why) end
  file:write(text)
  file:close()
end

-- Returns the address of the running studio, which it leaves in a file of the user's.
local function address()
  local places = {}
  for _, place in ipairs({
    { "XDG_RUNTIME_DIR", "/melodyrnn-studio.json" },
    { "HOME", "/.cache/melodyrnn/studio.json" },
    { "USERPROFILE", "\\.cache\\melodyrnn\\studio.json" },
  }) do
    local folder = os.getenv(place[1])
    if folder and folder ~= "" then places[#places + 1] = folder .. place[2] end
  end
  for _, path in ipairs(places) do
    local url = (read(path) or ""):match('"url"%s*:%s*"(http://127%.0%.0%.1:%d+/[%w_%-]+/)"')
    if url then return url end
  end
  fail("the studio must be running: type  melodyrnn studio  in a terminal. Received: no address of one")
end

local function quoted(text)
  local escaped = text:gsub('[%c"\\]', function(c) return string.format("\\u%04x", c:byte()) end)
  return '"' .. escaped .. '"'
end

-- Returns the notes of a take that lie in its item, as rows of JSON, and the ticks of the item and of a quarter note.
local function notes_of(take, item)
  local start = reaper.GetMediaItemInfo_Value(item, "D_POSITION")
  local length = reaper.GetMediaItemInfo_Value(item, "D_LENGTH")
  local first = reaper.MIDI_GetPPQPosFromProjTime(take, start)
  local last = reaper.MIDI_GetPPQPosFromProjTime(take, start + length)
  local quarter = reaper.MIDI_GetProjQNFromPPQPos(take, first)
  local ticks = math.floor(reaper.MIDI_GetPPQPosFromProjQN(take, quarter + 1) - first + 0.5)
  local rows = {}
  local _, count = reaper.MIDI_CountEvts(take)
  for n = 0, count - 1 do
    local _, _, muted, onset, stop, _, pitch, velocity = reaper.MIDI_GetNote(take, n)
    if not muted and onset >= first and onset < last then
      local from = math.floor(onset - first + 0.5)
      local duration = math.max(1, math.floor(math.min(stop, last) - onset + 0.5))
      rows[#rows + 1] = string.format("[%d,%d,%d,%d]", from, duration, pitch, velocity)
    end
  end
  return rows, math.floor(last - first + 0.5), ticks
end

-- Returns the JSON of the document for an item.
local function document(item, take)
  local rows, length, ticks = notes_of(take, item)
  local at = reaper.GetMediaItemInfo_Value(item, "D_POSITION")
  local numerator, denominator, tempo = reaper.TimeMap_GetTimeSigAtTime(0, at)
  return string.format(
    '{"ticksPerQuarter":%d,"end":%d,"tempos":[[0,%d]],"meters":[[0,%d,%d]],"keys":[],"tracks":'
      .. '[{"name":%s,"role":"melody","program":0,"channel":0,"isDrum":false,"notes":[%s]}]}',
    ticks, length, math.floor(60e6 / tempo + 0.5), numerator, denominator,
    quoted(reaper.GetTakeName(take)), table.concat(rows, ",")
  ), #rows
end

-- Returns the answers to the questions of the dialog, or nil where it was cancelled.
local function asked()
  local ok, text = reaper.GetUserInputs(
    "melodyrnn", 5,
    "vary infill continue ending accompany generate,bars (3-4 to fill or 8 new),share to vary (0 to 1),model,seed,"
      .. "separator=|,extrawidth=80",
    "vary||0.3|folk|"
  )
  if not ok then return nil end
  local values = {}
  for value in (text .. "|"):gmatch("([^|]*)|") do values[#values + 1] = value:match("^%s*(.-)%s*$") end
  return { verb = values[1], bars = values[2], share = values[3], model = values[4], seed = values[5] }
end

-- Returns the JSON of a call.
local function body(answers, music)
  local verb, parts, wishes = answers.verb, {}, {}
  if not VERBS[verb] then
    fail("a verb must be one of vary, infill, continue, ending, accompany, generate. Received: " .. verb)
  end
  if answers.model ~= "" then parts[#parts + 1] = '"model":' .. quoted(answers.model) end
  if verb ~= "generate" then parts[#parts + 1] = '"document":' .. music end
  local first, last = answers.bars:match("^(%d+)%-(%d+)$")
  if verb == "infill" or (verb == "ending" and first) then
    if not first then fail("bars to fill must be like 3-4. Received: " .. answers.bars) end
    parts[#parts + 1] = string.format('"bars":[%d,%d]', first, last)
  elseif answers.bars ~= "" and (verb == "continue" or verb == "generate") then
    if not answers.bars:match("^%d+$") then fail("new bars must be a number. Received: " .. answers.bars) end
    wishes[#wishes + 1] = '"bars":' .. answers.bars
  end
  if verb == "vary" and answers.share ~= "" then
    local share = tonumber(answers.share)
    if not share then fail("a share to vary must be a number from 0 to 1. Received: " .. answers.share) end
    wishes[#wishes + 1] = string.format('"vary":%.6f', share)
  end
  if answers.seed ~= "" then
    if not answers.seed:match("^%d+$") then fail("a seed must be a number. Received: " .. answers.seed) end
    wishes[#wishes + 1] = '"seed":' .. answers.seed
  end
  parts[#parts + 1] = '"wishes":{' .. table.concat(wishes, ",") .. "}"
  return "{" .. table.concat(parts, ",") .. "}"
end

-- Returns a new file of MIDI with what a verb makes of a call.
local function call(verb, json)
  local url = address()
  local folder = reaper.GetProjectPath()
  local stem = string.format("%s/melodyrnn-%s-%d", folder, verb, math.floor(reaper.time_precise() * 1000))
  local asking, midi = stem .. ".json", stem .. ".mid"
  write(asking, json)
  local command = string.format(
    'curl --silent --show-error --noproxy "*" --header "Accept: audio/midi" --data-binary "@%s" --output "%s" '
      .. '"%sapi/%s"',
    asking, midi, url, verb
  )
  local output = reaper.ExecProcess(command, TIMEOUT)
  os.remove(asking)
  local made = read(midi) or ""
  if made:sub(1, 4) ~= "MThd" then
    os.remove(midi)
    fail(made:match('"error":"(.-)"[,}]') or ("the studio must answer. Received: " .. (output or "nothing")))
  end
  return midi
end

-- Adds a file as the active take of an item, which grows where the file is longer.
local function add_take(item, midi, name)
  local take = reaper.AddTakeToMediaItem(item)
  local source = reaper.PCM_Source_CreateFromFile(midi)
  reaper.SetMediaItemTake_Source(take, source)
  reaper.GetSetMediaItemTakeInfo_String(take, "P_NAME", name, true)
  reaper.SetActiveTake(take)
  local quarters = reaper.GetMediaSourceLength(source)
  local start = reaper.GetMediaItemInfo_Value(item, "D_POSITION")
  local stop = reaper.TimeMap2_QNToTime(0, reaper.TimeMap2_timeToQN(0, start) + quarters)
  if stop - start > reaper.GetMediaItemInfo_Value(item, "D_LENGTH") then
    reaper.SetMediaItemInfo_Value(item, "D_LENGTH", stop - start)
  end
end

local function main()
  local item = reaper.GetSelectedMediaItem(0, 0)
  local take = item and reaper.GetActiveTake(item)
  if not take or not reaper.TakeIsMIDI(take) then fail("a MIDI item must be selected. Received: none") end
  local answers = asked()
  if not answers then return end
  local music, count = document(item, take)
  if count == 0 and answers.verb ~= "generate" then fail("the item must have notes. Received: none") end
  local midi = call(answers.verb, body(answers, music))
  reaper.Undo_BeginBlock()
  add_take(item, midi, "melodyrnn " .. answers.verb)
  reaper.Undo_EndBlock("melodyrnn: " .. answers.verb, -1)
  reaper.UpdateArrange()
end

local ok, problem = pcall(main)
if not ok then
  reaper.ShowMessageBox(type(problem) == "table" and problem.line or tostring(problem), "melodyrnn", 0)
end
