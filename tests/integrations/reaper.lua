-- What the script for REAPER calls of REAPER, over one item of 4/4 at 120 quarter notes a minute: a stand-in, because
-- REAPER cannot be installed here. What was done to the item is printed as lines.
local PPQ, START = 960, 2.0 -- ticks of a quarter note; seconds
local length = tonumber(os.getenv("ITEM_SECONDS"))
local notes, takes = {}, { "first" }
for onset, duration, pitch, velocity in (os.getenv("ITEM_NOTES") or ""):gmatch("(%d+),(%d+),(%d+),(%d+)") do
  notes[#notes + 1] = { tonumber(onset), tonumber(duration), tonumber(pitch), tonumber(velocity) }
end
local function print_line(...) print(table.concat({ ... }, " ")) end
reaper = {
  GetSelectedMediaItem = function() return os.getenv("ITEM_SECONDS") and "item" or nil end,
  GetActiveTake = function() return takes[#takes] end,
  TakeIsMIDI = function() return true end,
  GetTakeName = function() return 'My "lead"\n' end,
  GetMediaItemInfo_Value = function(_, name) return name == "D_POSITION" and START or length end,
  SetMediaItemInfo_Value = function(_, name, value) length = value print_line(name, value) end,
  MIDI_GetPPQPosFromProjTime = function(_, time) return (time - START) * 2 * PPQ end,
  MIDI_GetProjQNFromPPQPos = function(_, ticks) return START * 2 + ticks / PPQ end,
  MIDI_GetPPQPosFromProjQN = function(_, quarters) return (quarters - START * 2) * PPQ end,
  MIDI_CountEvts = function() return true, #notes, 0, 0 end,
  MIDI_GetNote = function(_, n)
    local note = notes[n + 1]
    return true, false, false, note[1], note[1] + note[2], 0, note[3], note[4]
  end,
  TimeMap_GetTimeSigAtTime = function() return 4, 4, 120.0 end,
  TimeMap2_timeToQN = function(_, time) return time * 2 end,
  TimeMap2_QNToTime = function(_, quarters) return quarters / 2 end,
  GetUserInputs = function() return os.getenv("ANSWERS") ~= nil, os.getenv("ANSWERS") end,
  GetProjectPath = function() return os.getenv("PROJECT") end,
  time_precise = os.clock,
  ExecProcess = function(command)
    local pipe = io.popen(command .. " 2>&1")
    local output = pipe:read("a")
    pipe:close()
    return "0\n" .. output
  end,
  AddTakeToMediaItem = function() takes[#takes + 1] = "new" return "new" end,
  PCM_Source_CreateFromFile = function(path) return path end,
  SetMediaItemTake_Source = function(take, source) print_line("source", take, source) end,
  GetSetMediaItemTakeInfo_String = function(take, name, value) print_line(name, take, value) end,
  SetActiveTake = function(take) print_line("active", take) end,
  GetMediaSourceLength = function() return tonumber(os.getenv("SOURCE_QUARTERS")) end,
  Undo_BeginBlock = function() end,
  Undo_EndBlock = function(name) print_line("undo", name) end,
  UpdateArrange = function() end,
  ShowMessageBox = function(text) print_line("message", text) end,
}
dofile(arg[1])
